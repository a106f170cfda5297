import { PullpinError } from '../errors.js';
import type { Registries } from '../oci/image-source.js';
import { formatReference, type Reference, tagOrDigestOf } from '../oci/reference.js';
import { type Answer, answer } from './answer.js';

/** Whether a build can fetch an image: pullImage has no login, and trusts no certificate of this user's own. */
export async function checkImage(reference: Reference, registries: Registries): Promise<Answer[]> {
  const source = registries.repository(reference);
  const wanted = tagOrDigestOf(reference);
  const name = formatReference(reference);
  try {
    await source.resolve(wanted);
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    return [answer('image', 'problem', `${name} cannot be looked up: ${error.message}`)];
  }
  const tls = source.tlsVerify
    ? answer('tls', 'ok', `${reference.registry} was reached over verified TLS`)
    : answer(
        'tls',
        'warning',
        `${reference.registry} was reached without verified TLS, so its pins need an attribute`,
        ['tlsVerify = false;'],
      );
  return [answer('image', 'ok', `${name} is there`), tls, await withoutLogin(reference, registries, wanted)];
}

/** Nothing is sent that this user knows and the builder does not. */
async function withoutLogin(reference: Reference, registries: Registries, wanted: string): Promise<Answer> {
  const name = formatReference(reference);
  try {
    await registries.repository(reference, { unverified: true }).resolve(wanted);
    return answer('credentials', 'ok', 'it can be fetched without a login, as a build does');
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    if (error.kind !== 'authentication' && error.kind !== 'not-found')
      return answer(
        'credentials',
        'warning',
        `it is not known whether it can be fetched without a login: ${error.message}`,
      );
    const message = 'it can be fetched with your login only, and a build has none: add the image to the store first';
    return answer('credentials', 'problem', message, [
      `pullpin --store ${name}`,
      'for the pins of a repository: pullpin bump --store',
    ]);
  }
}

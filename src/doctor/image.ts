import { PullpinError } from '../errors.js';
import type { Registries } from '../oci/image-source.js';
import { formatReference, type Reference, tagOrDigestOf } from '../oci/reference.js';
import { ConnectionError } from '../registry/http/connection-error.js';
import { type Answer, answer } from './answer.js';

/** The registries as this user reaches them, and as a build does: without logins, mirrors and certificates of this machine. */
export interface Views {
  readonly ours: Registries;
  readonly ofBuild: Registries;
}

/** Whether a build can fetch an image that this user can look up. */
export async function checkImage(reference: Reference, { ours, ofBuild }: Views): Promise<Answer[]> {
  const source = ours.repository(reference);
  const name = formatReference(reference);
  try {
    await source.resolve(tagOrDigestOf(reference));
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    return [answer('image', 'problem', `${name} cannot be looked up: ${error.message}`)];
  }
  return [answer('image', 'ok', `${name} is there`), ...(await asBuild(reference, ofBuild, source.tlsVerify))];
}

async function asBuild(reference: Reference, ofBuild: Registries, tlsVerify: boolean): Promise<Answer[]> {
  const tls = tlsVerify
    ? answer('tls', 'ok', `a build trusts the certificate of ${reference.registry}`)
    : answer(
        'tls',
        'warning',
        `${reference.registry} was reached without verified TLS, so its pins need an attribute`,
        ['tlsVerify = false;'],
      );
  const name = formatReference(reference);
  try {
    await ofBuild.repository(reference, { unverified: !tlsVerify }).resolve(tagOrDigestOf(reference));
    return [tls, answer('credentials', 'ok', 'it can be fetched without a login, as a build does')];
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    if (error instanceof ConnectionError && error.isUntrusted) return [untrusted(reference, error)];
    if (error.kind === 'authentication' || error.kind === 'not-found') return [tls, loginOnly(name)];
    const message = `it is not known whether a build can fetch it: without your logins, mirrors and certificates, ${error.message}`;
    const unknown = answer('credentials', 'warning', message, [`pullpin --store ${name}`]);
    // No certificate was seen, so nothing is known of it.
    return error instanceof ConnectionError && tlsVerify ? [unknown] : [tls, unknown];
  }
}

function untrusted(reference: Reference, { message }: ConnectionError): Answer {
  return answer(
    'tls',
    'problem',
    `you trust the certificate of ${reference.registry}, and a build does not: ${message}`,
    [
      'overlay: cacert = prev.cacert.override { extraCertificateFiles = [ /path/of/the/authority.pem ]; };',
      `or, without a registry in the build: pullpin --store ${formatReference(reference)}`,
    ],
  );
}

function loginOnly(name: string): Answer {
  const message =
    'it can be fetched with your login or from your mirror only, and a build has none: add the image to the store first';
  return answer('credentials', 'problem', message, [
    `pullpin --store ${name}`,
    'for the pins of a repository: pullpin bump --store',
  ]);
}

import type { Descriptor } from '../../oci/descriptor.js';
import { ConnectionError } from '../http/connection-error.js';
import { type RefusedError, RegistryError } from '../http/errors.js';
import type { HttpRequest } from '../http/http.js';
import { type Asked, refusal } from '../http/refusal.js';
import type { BlobPlace } from './blob-place.js';
import { askedByDigest } from './subject.js';

/**
 * Makes sure that one of these places has a blob, without reading it: one HEAD. Where that is refused, which storage behind a registry may do
 * although it has the blob, a GET of its first byte decides. Throws RegistryErrors.
 */
export async function checkBlob(
  places: readonly BlobPlace[],
  { digest }: Descriptor,
  repository: string,
  passOver: (host: string, error: RegistryError) => void,
): Promise<void> {
  for (const [at, place] of places.entries()) {
    try {
      return await checkAt(place, askedByDigest(repository, digest, 'blob'));
    } catch (error) {
      const next = places[at + 1];
      if (!next || !(error instanceof RegistryError)) throw error;
      // After addresses in a manifest, the registry is asked only when none of them answers, as for a download.
      if (place.isNamedByManifest && !next.isNamedByManifest && !(error instanceof ConnectionError)) throw error;
      passOver(place.url.host, error);
    }
  }
}

async function checkAt(place: BlobPlace, asked: Asked): Promise<void> {
  const leave = await place.enter();
  try {
    const headers = { 'accept-encoding': 'identity' };
    const refused = await ask(place, { method: 'HEAD', url: place.url, headers }, asked);
    if (!refused) return;
    if (isFinal(refused)) throw refused;
    const request = { method: 'GET', url: place.url, headers: { ...headers, range: 'bytes=0-0' } } as const;
    const refusedAgain = await ask(place, request, asked);
    if (refusedAgain) throw refusedAgain;
  } finally {
    leave();
  }
}

/** Whether a GET would fail in the same way as the HEAD. */
function isFinal({ status }: RefusedError): boolean {
  return status === 401 || status === 429 || (status >= 500 && status !== 501);
}

/** The failure that the answer stands for; undefined when it is a success, or says that the blob is empty. */
async function ask(place: BlobPlace, request: HttpRequest, asked: Asked): Promise<RefusedError | undefined> {
  const response = await place.open(request);
  response.body.destroy();
  if (response.errorText === undefined || response.status === 416) return undefined;
  const namedHost = place.isNamedByManifest ? response.url.host : undefined;
  return refusal(asked, response, response.errorText, { namedHost });
}

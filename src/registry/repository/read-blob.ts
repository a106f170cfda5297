import type { Descriptor } from '../../oci/descriptor.js';
import { isCompressed, piecesOf, readBody } from '../http/body.js';
import { ConnectionError } from '../http/connection-error.js';
import { ProtocolError, RegistryError } from '../http/errors.js';
import type { Asked } from '../http/refusal.js';
import type { Retry } from '../http/retry.js';
import type { BlobPlace } from './blob-place.js';
import { BlobProgress } from './blob-progress.js';
import type { EndpointReader } from './endpoint-reader.js';

export interface BlobReading {
  /** What to say in errors. */
  readonly asked: Asked;
  readonly retry: Retry;
  /** Called with whether a server says how long the blob is, when it begins to send it. */
  readonly learnLength: (isKnown: boolean) => void;
  /** Called when a place failed and the next one is asked. */
  readonly passOver: (place: BlobPlace, error: RegistryError, next: BlobPlace) => void;
}

/**
 * A blob's bytes from the first place that has them. Where the connection breaks it resumes with a new request to the same URL, never to
 * the one that this redirected to, which may have expired; where that does not help, it resumes at the next place.
 */
export async function* readBlob(
  places: readonly BlobPlace[],
  descriptor: Descriptor,
  { asked, retry, learnLength, passOver }: BlobReading,
): AsyncGenerator<Uint8Array> {
  const progress = new BlobProgress(descriptor, asked, learnLength);
  const giveUp = (error: unknown, place: BlobPlace, next: BlobPlace | undefined): void => {
    if (!next || !(error instanceof RegistryError) || !mayPass(place, next, error, progress)) throw error;
    passOver(place, error, next);
  };
  for (const [at, place] of places.entries()) {
    const leave = await place.enter();
    try {
      progress.beginPlace();
      while (!progress.isComplete) {
        const response = await place.open(progress.request(place.url));
        // One loop without further generators: each of them would cost half a second for a gigabyte.
        try {
          const stream = progress.beginAnswer(response, place);
          for await (const piece of stream ? piecesOf(stream) : []) {
            const fresh = progress.take(piece);
            if (fresh.length > 0) yield fresh;
          }
          progress.endAnswer(response);
        } catch (error) {
          await progress.resumeAfter(response.explain(error), place.url, retry);
        }
      }
      return;
    } catch (error) {
      giveUp(error, place, places[at + 1]);
    } finally {
      leave();
    }
  }
}

/**
 * Whether the next place is asked after a failure. After the URLs in a manifest, the registry is asked only when the last of them does not answer,
 * as skopeo 1.9.3 does.
 */
function mayPass(place: BlobPlace, next: BlobPlace, error: RegistryError, { received }: BlobProgress): boolean {
  if (!place.isNamedByManifest || next.isNamedByManifest) return true;
  return error instanceof ConnectionError && received === 0;
}

/** The last bytes of a blob; undefined when they cannot be read alone, for any reason: reading the blob will report it. */
export async function readBlobEnd(
  endpoint: Pick<EndpointReader, 'urlOf' | 'open'>,
  descriptor: Descriptor,
  length: number,
  milliseconds: number,
): Promise<Uint8Array | undefined> {
  const url = endpoint.urlOf(`blobs/${descriptor.digest}`);
  const headers = { 'accept-encoding': 'identity', range: `bytes=-${length}` };
  try {
    const response = await endpoint.open({ method: 'GET', url, headers });
    if (response.status === 206 && !isCompressed(response)) {
      const bytes = await readBody(response, length, milliseconds);
      return bytes.length === length ? bytes : undefined;
    }
    response.body.destroy();
  } catch (error) {
    if (!(error instanceof ConnectionError || error instanceof ProtocolError)) throw error;
  }
  return undefined;
}

import type { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.js';
import { decoded, isCompressed, piecesOf, readBody } from '../http/body.js';
import { ConnectionError } from '../http/connection-error.js';
import { ProtocolError, RegistryError, refusal } from '../http/errors.js';
import type { HttpHead, HttpRequest } from '../http/http.js';
import type { OpenedResponse, Retry } from '../http/retry.js';
import type { EndpointReader } from './endpoint-reader.js';

/** A place that serves a blob under a URL of its own. */
export interface BlobPlace {
  readonly url: URL;
  open(request: HttpRequest): Promise<OpenedResponse>;
  /** Waits until a download may begin there; what it gives back ends it. */
  enter(): Promise<() => void>;
}

export interface BlobOptions {
  /** What to name in errors. */
  readonly subject: string;
  readonly retry: Retry;
  /** Told why a place was given up in favour of the next. */
  readonly passOver: (place: BlobPlace, error: RegistryError) => void;
}

/**
 * A blob's bytes from the first place that has them. Where the connection breaks it goes on with a new request to the same URL, never to
 * the one that this redirected to, which may have expired; where that does not help, it goes on at the next place.
 */
export async function* readBlob(
  places: readonly BlobPlace[],
  descriptor: Descriptor,
  { subject, retry, passOver }: BlobOptions,
): AsyncGenerator<Uint8Array> {
  const progress = new Progress(descriptor);
  for (const [at, place] of places.entries()) {
    const leave = await place.enter();
    try {
      progress.beginPlace();
      while (!progress.isComplete) {
        const response = await place.open(progress.request(place.url));
        const stream = progress.beginAnswer(response, subject);
        // One loop and nothing in between: each layer of generators costs half a second a gigabyte.
        try {
          for await (const piece of stream ? piecesOf(stream) : []) {
            const fresh = progress.take(piece);
            if (fresh.length > 0) yield fresh;
          }
          progress.endAnswer(response);
        } catch (error) {
          await progress.goOnAfter(response.explain(error), place.url, retry);
        }
      }
      return;
    } catch (error) {
      passOver(place, passable(error, at === places.length - 1));
    } finally {
      leave();
    }
  }
}

/** The error, if another place may make up for it; throws it otherwise. */
function passable(error: unknown, isLast: boolean): RegistryError {
  if (isLast || !(error instanceof RegistryError)) throw error;
  return error;
}

/** How much of a blob has been handed on, and what must be known to go on from there. */
class Progress {
  isComplete = false;
  private received = 0;
  /** Bytes of the current answer that were handed on from an earlier one. */
  private known = 0;
  /** A strong entity tag (RFC 9110, section 8.8.3); each place has its own. */
  private etag: string | undefined;
  /** The body comes with a Content-Encoding, of which no part makes sense by itself. */
  private isEncoded = false;
  private failures = 0;
  private receivedBefore = 0;
  /** Where an answer ended without saying that it was complete. */
  private endedAt: number | undefined;

  constructor(private readonly descriptor: Descriptor) {}

  beginPlace(): void {
    this.etag = undefined;
    this.failures = 0;
  }

  request(url: URL): HttpRequest {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (this.received > 0 && !this.isEncoded) {
      headers['range'] = `bytes=${this.received}-`;
      if (this.etag !== undefined) headers['if-range'] = this.etag;
    }
    return { method: 'GET', url, headers };
  }

  /** The body to read; undefined when the answer says that nothing is missing. */
  beginAnswer(response: OpenedResponse, subject: string): Readable | undefined {
    // A range that begins where the blob ends cannot be had (RFC 9110, section 15.5.17).
    this.isComplete = response.status === 416 && this.received > 0 && totalOf(response) === this.received;
    if (this.isComplete) return undefined;
    if (response.errorText !== undefined) throw refusal(subject, response, response.errorText);
    this.known = this.received - this.startOf(response);
    this.receivedBefore = this.received;
    this.isEncoded = isCompressed(response);
    const etag = response.headers.get('etag');
    this.etag = etag?.startsWith('"') ? etag : undefined;
    return decoded(response);
  }

  /** What is new in a piece: an answer that begins at the beginning again repeats what was received. */
  take(piece: Uint8Array): Uint8Array {
    const repeated = Math.min(this.known, piece.length);
    this.known -= repeated;
    this.received += piece.length - repeated;
    return repeated === 0 ? piece : piece.subarray(repeated);
  }

  /** Judges the end of an answer. Without a length, only the manifest's hint tells the end of a body from that of a connection. */
  endAnswer({ headers, url }: HttpHead): void {
    if (this.isComplete) return;
    const hasEnd = headers.has('content-length') || headers.has('transfer-encoding');
    if (!hasEnd && this.received < this.descriptor.size && this.received !== this.endedAt) {
      this.endedAt = this.received;
      throw new ConnectionError(url.host, 'ECONNRESET', 'the connection ended before the blob was complete; try again');
    }
    this.isComplete = true;
  }

  /** Waits before the next attempt, or throws the error when there may be none. Whoever makes progress may try as often as he likes. */
  async goOnAfter(error: unknown, url: URL, retry: Retry): Promise<void> {
    if (!(error instanceof ConnectionError && error.passes)) throw error;
    this.failures = this.received > this.receivedBefore ? 1 : this.failures + 1;
    if (!(await retry.pause(url, this.failures, error.message))) throw error;
  }

  private startOf({ status, headers, body, url }: OpenedResponse): number {
    if (status !== 206) return 0;
    const start = Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
    if (start <= this.received) return start;
    body.destroy();
    throw new ProtocolError(url, `was asked for a blob from byte ${this.received} on and sent another part`);
  }
}

function totalOf({ headers }: HttpHead): number {
  return Number(/^bytes \*\/(\d+)$/.exec(headers.get('content-range')?.trim() ?? '')?.[1] ?? Number.NaN);
}

/** The last bytes of a blob; undefined where they cannot be had by themselves, whatever the reason: reading the blob will tell it. */
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

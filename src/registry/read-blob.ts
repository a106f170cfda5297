import type { Descriptor } from '../oci/descriptor.js';
import { contentOf, isCompressed, readBody } from './body.js';
import { ConnectionError } from './connection-error.js';
import type { EndpointReader, OpenedResponse } from './endpoint.js';
import { ProtocolError, refusal } from './errors.js';
import type { HttpHead, HttpRequest } from './http.js';
import type { Retry } from './retry.js';

/** A place that serves a blob under a URL of its own. */
export interface BlobPlace {
  readonly url: URL;
  open(request: HttpRequest): Promise<OpenedResponse>;
}

/** How much of a blob has been handed on, and by what its places recognise it. */
export interface Progress {
  received: number;
  /** A strong entity tag (RFC 9110, section 8.8.3), for the place it came from. */
  etag?: string | undefined;
  /** The body comes with a Content-Encoding, of which no part makes sense by itself. */
  isEncoded?: boolean;
}

/**
 * The rest of a blob from one place. Where the connection breaks it goes on with a new request to the same URL, never to the one that
 * this redirected to, which may have expired.
 */
export async function* readBlob(
  place: BlobPlace,
  descriptor: Descriptor,
  progress: Progress,
  retry: Retry,
  subject: string,
): AsyncGenerator<Uint8Array> {
  let shortBefore: number | undefined;
  for (let failures = 0; ; ) {
    const before = progress.received;
    const response = await place.open(rangeRequest(place.url, progress));
    if (isAtEnd(response, progress)) return;
    if (response.errorText !== undefined) throw refusal(subject, response, response.errorText);
    try {
      yield* restOf(response, progress);
      if (!mayBeCut(response, descriptor, progress) || shortBefore === progress.received) return;
      shortBefore = progress.received;
      throw new ConnectionError(response.url.host, 'ECONNRESET', 'the connection ended before the blob was complete');
    } catch (error) {
      if (!(error instanceof ConnectionError && error.passes)) throw error;
      failures = progress.received > before ? 1 : failures + 1;
      if (!(await retry.pause(place.url, failures, error.message))) throw error;
    }
  }
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

function rangeRequest(url: URL, { received, etag, isEncoded }: Progress): HttpRequest {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (received > 0 && !isEncoded) {
    headers['range'] = `bytes=${received}-`;
    if (etag !== undefined) headers['if-range'] = etag;
  }
  return { method: 'GET', url, headers };
}

/** Hands on what is new in an answer; one that begins at the beginning again repeats what was received. */
async function* restOf(response: OpenedResponse, progress: Progress): AsyncGenerator<Uint8Array> {
  progress.isEncoded = isCompressed(response);
  const etag = response.headers.get('etag');
  progress.etag = etag?.startsWith('"') ? etag : undefined;
  let known = progress.received - startOf(response, progress);
  for await (const piece of contentOf(response)) {
    const fresh = piece.subarray(Math.min(known, piece.length));
    known -= piece.length - fresh.length;
    progress.received += fresh.length;
    if (fresh.length > 0) yield fresh;
  }
}

function startOf(response: OpenedResponse, { received }: Progress): number {
  if (response.status !== 206) return 0;
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
  if (start <= received) return start;
  response.body.destroy();
  throw new ProtocolError(response.url, `was asked for a blob from byte ${received} on and sent another part`);
}

/** A range that begins where the blob ends cannot be had (RFC 9110, section 15.5.17). */
function isAtEnd({ status, headers }: HttpHead, { received }: Progress): boolean {
  return status === 416 && received > 0 && headers.get('content-range')?.trim() === `bytes */${received}`;
}

/** Without a length, only the manifest's hint tells the end of a body from the end of a connection. */
function mayBeCut({ headers }: HttpHead, { size }: Descriptor, { received }: Progress): boolean {
  return !headers.has('content-length') && !headers.has('transfer-encoding') && received < size;
}

import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.js';
import { algorithmOf, hexOf } from '../../oci/digest.js';
import { decoded, isCompressed, isWebPage } from '../http/body.js';
import { ConnectionError } from '../http/connection-error.js';
import { ProtocolError, WebPageError } from '../http/errors.js';
import type { HttpHead, HttpRequest } from '../http/http.js';
import { type Asked, refusal } from '../http/refusal.js';
import type { OpenedResponse, Retry } from '../http/retry.js';
import type { BlobPlace } from './blob-place.js';

/** A server sent a wrong part of a blob, or none; it may still be able to send the whole blob. */
class PartError extends ProtocolError {}

/** How to read a body with a Content-Encoding: as the blob's own bytes, or as an encoding of them; `unknown` until its bytes were hashed once. */
type Encoding = 'none' | 'as sent' | 'decoded' | 'unknown';

/** How much of a blob has been passed on, and what is needed to resume there. */
export class BlobProgress {
  isComplete = false;
  received = 0;
  /** Bytes of the current answer that an earlier answer already gave. */
  private known = 0;
  /** A strong entity tag (RFC 9110, section 8.8.3); each place has its own. */
  private etag: string | undefined;
  private encoding: Encoding = 'none';
  private hash: Hash | undefined;
  private wantsWhole = false;
  private failures = 0;
  private receivedBefore = 0;
  /** The position where an answer ended without being known to be complete. */
  private endedAt: number | undefined;

  constructor(
    private readonly descriptor: Descriptor,
    private readonly asked: Asked,
    private readonly learnLength: (isKnown: boolean) => void,
  ) {}

  beginPlace(): void {
    this.etag = undefined;
    this.encoding = 'none';
    this.hash = undefined;
    this.wantsWhole = false;
    this.failures = 0;
  }

  request(url: URL): HttpRequest {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    const { size } = this.descriptor;
    if (this.received > 0 && !this.wantsWhole) {
      // The range has an end when the size is known: some storage answers an open range with the whole blob.
      headers['range'] = `bytes=${this.received}-${size > this.received ? size - 1 : ''}`;
      if (this.etag !== undefined) headers['if-range'] = this.etag;
    }
    return { method: 'GET', url, headers };
  }

  /** The body to read; undefined when the answer says that nothing is missing. Throws a RegistryError. */
  beginAnswer(response: OpenedResponse, place: BlobPlace): Readable | undefined {
    this.receivedBefore = this.received;
    if (response.status === 416 && this.received > 0) {
      // A range that begins where the blob ends cannot be satisfied (RFC 9110, section 15.5.17).
      if (totalOf(response) === this.received) this.isComplete = true;
      else throw new PartError(response.url, `has no bytes of a blob after ${this.received}`);
      return undefined;
    }
    if (response.errorText !== undefined) throw this.refusal(response, response.errorText, place);
    const isWhole = Number(response.headers.get('content-length')) === this.descriptor.size;
    if (!isWhole && isWebPage(response)) {
      response.body.destroy();
      throw new WebPageError(response.url);
    }
    if (this.received === 0) this.learnLength(response.headers.has('content-length'));
    this.chooseEncoding(response, isWhole);
    this.known = this.received - this.startOf(response);
    const etag = response.headers.get('etag');
    this.etag = etag?.startsWith('"') ? etag : undefined;
    return this.encoding === 'decoded' ? decoded(response) : response.body;
  }

  /** The new bytes of a piece: an answer that starts at the beginning repeats what was received before. */
  take(piece: Uint8Array): Uint8Array {
    if (this.hash) {
      this.hash.update(piece);
      return NOTHING;
    }
    const repeated = Math.min(this.known, piece.length);
    this.known -= repeated;
    this.received += piece.length - repeated;
    return repeated === 0 ? piece : piece.subarray(repeated);
  }

  /** Judges the end of an answer. Without a length, only the manifest's hint distinguishes the end of a body from a broken connection. */
  endAnswer({ headers, status, url }: HttpHead): void {
    if (this.isComplete) return;
    if (this.hash) {
      this.encoding = this.hash.digest('hex') === hexOf(this.descriptor.digest) ? 'as sent' : 'decoded';
      this.hash = undefined;
      return;
    }
    const hasEnd = headers.has('content-length') || headers.has('transfer-encoding');
    const isShort = !hasEnd && this.received < this.descriptor.size && this.received !== this.endedAt;
    if (isShort || (status === 206 && this.received < totalOf({ headers }))) {
      this.endedAt = this.received;
      throw new ConnectionError(url.host, 'ECONNRESET', 'the connection ended before the blob was complete; try again');
    }
    this.isComplete = true;
  }

  /** Waits before the next attempt, or throws the error when no more attempts are allowed. A place that makes progress may be asked without limit. */
  async resumeAfter(error: unknown, url: URL, retry: Retry): Promise<void> {
    const isPart = error instanceof PartError;
    if (!isPart && !(error instanceof ConnectionError && error.isTemporary)) throw error;
    if (isPart) this.wantsWhole = true;
    if (this.hash) this.hash = undefined;
    this.failures = this.received > this.receivedBefore ? 1 : this.failures + 1;
    if (!(await retry.pause(url, this.failures, error.message))) throw error;
  }

  private refusal(response: OpenedResponse, text: string, { isNamedByManifest }: BlobPlace): Error {
    const namedHost = isNamedByManifest ? response.url.host : undefined;
    return refusal(this.asked, response, text, { namedHost, received: this.received });
  }

  /**
   * Some servers set Content-Encoding because the blob itself is compressed. Then the bytes as sent have the blob's digest. To find out, they are
   * hashed in a separate answer, unless their number already decides it.
   */
  private chooseEncoding(response: OpenedResponse, isWhole: boolean): void {
    if (!isCompressed(response)) this.encoding = 'none';
    else if (this.encoding === 'none') {
      this.encoding = isWhole || response.status === 206 ? 'as sent' : 'unknown';
    }
    // A part of a body that was encoded for the transfer cannot be decoded alone.
    this.wantsWhole ||= this.encoding === 'decoded' || this.encoding === 'unknown';
    this.hash = this.encoding === 'unknown' ? createHash(algorithmOf(this.descriptor.digest)) : undefined;
  }

  private startOf(response: OpenedResponse): number {
    if (response.status !== 206) return 0;
    const start = Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
    if (start <= this.received) return start;
    response.body.destroy();
    throw new PartError(response.url, `was asked for a blob from byte ${this.received} on and sent another part`);
  }
}

const NOTHING = new Uint8Array();

/** The size of the whole that a Content-Range names; NaN where it names none. */
function totalOf({ headers }: Pick<HttpHead, 'headers'>): number {
  return Number(/^bytes [\d*-]+\/(\d+)$/.exec(headers.get('content-range')?.trim() ?? '')?.[1] ?? Number.NaN);
}

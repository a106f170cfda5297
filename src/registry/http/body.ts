import { finished, type Readable } from 'node:stream';
import { ProtocolError } from './errors.js';
import type { HttpHead, HttpResponse } from './http.js';

/** How many bytes of an unwanted answer are read to keep its connection; the same limit holds for error answers. */
const MAX_UNWANTED = 64 * 1024;
const TIME_LIMIT_OF_UNWANTED = 2000;

/**
 * The whole body, its Content-Encoding undone, at most `limit` bytes and within `milliseconds`. Throws a ProtocolError for more than that, and
 * what the connection threw.
 */
export async function readBody(response: HttpResponse, limit: number, milliseconds: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const timer = setTimeout(() => {
    response.body.destroy(
      new ProtocolError(response.url, `did not send its whole answer within ${milliseconds / 1000} s`),
    );
  }, milliseconds);
  try {
    for await (const piece of response.body) {
      length += piece.length;
      if (length > limit) throw tooMuch(response.url, limit);
      pieces.push(piece);
    }
    return withoutEncoding(response, Buffer.concat(pieces), limit);
  } catch (error) {
    throw response.explain(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Some servers call plain bytes, or the empty answer to HEAD, gzip. Bytes that do not begin as gzip does are used as they are. */
function withoutEncoding(response: HttpResponse, bytes: Buffer, limit: number): Uint8Array {
  if (!isCompressed(response) || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    const isLarger = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isLarger ? tooMuch(response.url, limit) : error;
  }
}

function tooMuch(url: URL, limit: number): ProtocolError {
  return new ProtocolError(url, `sent more than the ${limit} bytes that are allowed`);
}

/** The part of an error's body that can be read, as text; never throws. */
export async function readErrorText(response: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const timer = setTimeout(() => response.body.destroy(), TIME_LIMIT_OF_UNWANTED);
  try {
    for await (const piece of decoded(response)) {
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_UNWANTED) break;
    }
  } catch {
    // A part of an explanation is better than none.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(pieces).subarray(0, MAX_UNWANTED).toString();
}

/** Reads an answer to its end when that is near, so that its connection can be used again, and closes the connection otherwise. */
export async function discard({ body }: Pick<HttpResponse, 'body'>): Promise<void> {
  const timer = setTimeout(() => body.destroy(), TIME_LIMIT_OF_UNWANTED);
  let length = 0;
  body.on('data', (piece: Uint8Array) => {
    length += piece.length;
    if (length > MAX_UNWANTED) body.destroy();
  });
  await new Promise<void>((resolve) => {
    finished(body, () => resolve());
  });
  clearTimeout(timer);
}

/**
 * The body with Content-Encoding gzip undone. Leaving a loop over it early closes the connection. `response.explain` says what its errors stand for.
 */
export function decoded({ body, headers }: HttpResponse): Readable {
  if (!isCompressed({ headers })) return body;
  // node:zlib takes time to load, and few registries compress their answers. It loads at once, because a body that fails while an import is
  // awaited would have no listener for its error, which ends the process.
  const gunzip = process.getBuiltinModule('node:zlib').createGunzip();
  body.on('error', (error) => gunzip.destroy(error));
  gunzip.on('error', () => undefined);
  gunzip.on('close', () => body.destroy());
  return body.pipe(gunzip);
}

/** How many bytes of a body may wait for its consumer. */
const READ_AHEAD = 1024 * 1024;
/**
 * Some servers send TLS in records of 4 KiB or less. Each piece costs the same, whatever its size, so that small ones are joined up to this length: this saves a
 * tenth of the processor time for records of 4 KiB. Larger pieces are passed on as they are, because copying them would cost more than it saves.
 */
const JOINED = 64 * 1024;
const SMALL = 8 * 1024;

/**
 * The pieces of a body as they arrive, small ones joined. A loop over the body itself would copy all waiting pieces into one, which for a layer takes
 * longer than hashing it. Leaving early closes the connection; errors are the body's own.
 */
export async function* piecesOf(body: Readable): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let waiting = 0;
  let end: { readonly error: unknown } | undefined;
  let wake = (): void => {};
  const wakeSoon = onceInTurn(() => wake());
  body.on('data', (piece: Uint8Array) => {
    pieces.push(piece);
    waiting += piece.length;
    if (waiting >= READ_AHEAD) body.pause();
    // More small ones come in the same turn.
    if (piece.length > SMALL || waiting >= JOINED) wake();
    else wakeSoon();
  });
  finished(body, { writable: false }, (error) => {
    end = { error };
    wake();
  });
  try {
    for (;;) {
      while (pieces.length > 0) {
        const batch = pieces;
        pieces = [];
        waiting = 0;
        body.resume();
        for (const piece of batch.length > 1 ? joined(batch) : batch) yield piece;
      }
      if (end?.error) throw end.error;
      if (end) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    body.destroy();
  }
}

/** Calls at the end of this turn of the event loop what was asked for in it, once. */
function onceInTurn(act: () => void): () => void {
  let isComing = false;
  return () => {
    if (isComing) return;
    isComing = true;
    setImmediate(() => {
      isComing = false;
      act();
    });
  };
}

/** Joins small pieces that follow each other. */
function joined(pieces: readonly Uint8Array[]): Uint8Array[] {
  const groups: Uint8Array[][] = [];
  let room = 0;
  for (const piece of pieces) {
    const isSmall = piece.length <= SMALL;
    if (isSmall && room > 0) groups.at(-1)?.push(piece);
    else groups.push([piece]);
    room = isSmall ? (room > 0 ? room : JOINED) - piece.length : 0;
  }
  return groups.map((group) => (group.length === 1 && group[0] ? group[0] : Buffer.concat(group)));
}

export function isCompressed({ headers }: Pick<HttpHead, 'headers'>): boolean {
  return /^(x-)?gzip$/i.test(headers.get('content-encoding') ?? '');
}

/** Whether a body is made for browsers. */
export function isWebPage({ headers }: Pick<HttpHead, 'headers'>): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers.get('content-type') ?? '');
}

/** The failure that an error of zlib stands for; undefined for any other error. */
export function encodingError(error: unknown, url: URL): ProtocolError | undefined {
  if (!(error instanceof Error && 'code' in error && /^Z_/.test(String(error.code)))) return undefined;
  return new ProtocolError(url, `sent a broken Content-Encoding (${error.message})`, { cause: error });
}

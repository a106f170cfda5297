import { finished, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ProtocolError } from './errors.js';
import type { HttpHead, HttpResponse } from './http.js';

/** How much of an answer that nobody wants is read to keep its connection; error answers are read as far. */
const MAX_UNWANTED = 64 * 1024;
const PATIENCE_FOR_UNWANTED = 2000;

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
    for await (const piece of contentOf(response)) {
      length += piece.length;
      if (length > limit) throw new ProtocolError(response.url, `sent more than the ${limit} bytes that are allowed`);
      pieces.push(piece);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(pieces);
}

/** What can be had of an error's body, as text; never throws. */
export async function readErrorText(response: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const timer = setTimeout(() => response.body.destroy(), PATIENCE_FOR_UNWANTED);
  try {
    for await (const piece of contentOf(response)) {
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

/** Reads an answer to its end when that is near, so that its connection can be used again, and gives it up otherwise. */
export async function discard({ body }: Pick<HttpResponse, 'body'>): Promise<void> {
  const timer = setTimeout(() => body.destroy(), PATIENCE_FOR_UNWANTED);
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
 * The body's pieces with Content-Encoding gzip undone. Leaving the loop early closes the connection. Throws what the response explains its
 * errors by, and a ProtocolError when the encoding is broken.
 */
export async function* contentOf(response: HttpResponse): AsyncGenerator<Uint8Array> {
  const { body, url } = response;
  if (!isCompressed(response)) return yield* explained(body, response);
  const gunzip = createGunzip();
  body.on('error', (error) => gunzip.destroy(error));
  try {
    yield* explained(body.pipe(gunzip), response);
  } catch (cause) {
    if (!isGzipError(cause)) throw cause;
    throw new ProtocolError(url, `sent a broken Content-Encoding (${cause.message})`, { cause });
  } finally {
    body.destroy();
    gunzip.destroy();
  }
}

export function isCompressed({ headers }: HttpHead): boolean {
  return /^(x-)?gzip$/i.test(headers.get('content-encoding') ?? '');
}

async function* explained(stream: Readable, response: HttpResponse): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw response.explain(error);
  }
}

function isGzipError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}

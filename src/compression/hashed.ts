import { createHash } from 'node:crypto';

/** What decompressed content turned out to be: its SHA-256 in hex, and its size in bytes. */
export interface Unpacked {
  readonly sha256: string;
  readonly size: number;
}

/** Passes content on, and returns what it was. */
export async function* hashed(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, Unpacked, undefined> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of content) {
    hash.update(piece);
    size += piece.length;
    yield piece;
  }
  return { sha256: hash.digest('hex'), size };
}

import { createHash } from 'node:crypto';
import { decompress } from './decompress.js';

/** What decompressed content turned out to be: its SHA-256 in hex, and its size in bytes. */
export interface Unpacked {
  readonly sha256: string;
  readonly size: number;
}

/** Does what `decompress` does, and returns at its end what came out, on this thread or with the help of others. */
export type Unpack = (blob: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, Unpacked, undefined>;

/** Decompresses and hashes on this thread. */
export const unpack: Unpack = (blob) => hashed(decompress(blob));

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

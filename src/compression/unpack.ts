import { decompress } from './decompress.js';
import { hashed, type Unpacked } from './hashed.js';

/** Does what `decompress` does, and returns at its end what came out, on this thread or with the help of others. */
export type Unpack = (blob: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, Unpacked, undefined>;

/** Decompresses and hashes on this thread. */
export const unpack: Unpack = (blob) => hashed(decompress(blob));

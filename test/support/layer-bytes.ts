import { createHash } from 'node:crypto';
import { decompress } from '../../src/compression/decompress.js';
import { LayerFormatError } from '../../src/compression/format/compression.js';
import { createRandom } from './random.js';

/** A blob in pieces of `size` bytes, as a network might deliver it. */
export async function* inPieces(blob: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < blob.length; at += size) yield blob.subarray(at, at + size);
}

/** All that `decompress` makes of a blob that arrives in pieces of `size` bytes. */
export async function decompressed(blob: Uint8Array, size = 65536): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of decompress(inPieces(blob, size))) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** The sha256 in hex of what `decompress` makes of a blob, or `refused`, the same for small and large pieces; anything else is thrown. */
export async function judgement(blob: Uint8Array): Promise<string> {
  const judgements = new Set<string>();
  for (const size of [1 << 20, 65536, blob.length < 5000 ? 1 : 1000]) judgements.add(await judge(blob, size));
  if (judgements.size > 1) throw new Error(`the size of the pieces matters: ${[...judgements].join(', ')}`);
  return [...judgements][0] ?? '';
}

async function judge(blob: Uint8Array, size: number): Promise<string> {
  try {
    const bytes = await decompressed(blob, size);
    return createHash('sha256').update(bytes).digest('hex');
  } catch (error) {
    if (error instanceof LayerFormatError && !error.message.includes('\n')) return 'refused';
    throw error;
  }
}

/** Bytes that compress like those of a layer: words of a small vocabulary, runs, repetitions from far back and noise. */
export function layerLike(length: number, seed = 1): Buffer {
  const random = createRandom(seed);
  const words = Array.from({ length: 400 }, () => random.bytes(random.integer(2, 12)));
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const piece = nextPiece(random, words, bytes, at);
    bytes.set(piece.subarray(0, length - at), at);
    at += piece.length;
  }
  return bytes;
}

function nextPiece(
  random: ReturnType<typeof createRandom>,
  words: Uint8Array[],
  bytes: Buffer,
  at: number,
): Uint8Array {
  if (random.chance(0.01)) return Buffer.alloc(random.integer(1, 5000), random.integer(0, 255));
  if (random.chance(0.01)) return random.bytes(random.integer(1, 3000));
  if (at > 100 && random.chance(0.1)) {
    const from = random.integer(0, at - 1);
    return Buffer.from(bytes.subarray(from, Math.min(at, from + random.integer(1, 2000))));
  }
  return random.pick(words);
}

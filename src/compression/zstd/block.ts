import { TruncatedLayerError } from '../format/compression.js';
import { BLOCK_MAX, BlockInput } from './block-input.js';
import { corrupt } from './corrupt.js';
import { LiteralsDecoder } from './literals.js';
import { SequencesDecoder } from './sequences.js';
import type { Window } from './window.js';

export const BLOCK_HEADER = 3;

const RAW = 0;
const REPEATED = 1;
const COMPRESSED = 2;

/** The three bytes in front of a block (RFC 8878, 3.1.1.2): `stored` bytes follow, 128 KiB at most. */
export interface BlockHeader {
  readonly isLast: boolean;
  readonly type: number;
  readonly size: number;
  readonly stored: number;
}

export function readBlockHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.length < BLOCK_HEADER) throw new TruncatedLayerError('zstd');
  const value = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16);
  const type = (value >> 1) & 3;
  const size = value >> 3;
  if (size > BLOCK_MAX) throw corrupt('a block is too large');
  return { isLast: (value & 1) === 1, type, size, stored: type === REPEATED ? 1 : size };
}

/** Decodes the blocks of a frame one after the other into a window. */
export class BlockDecoder {
  readonly #input = new BlockInput();
  readonly #literals = new LiteralsDecoder();
  readonly #sequences = new SequencesDecoder();

  startFrame(): void {
    this.#literals.reset();
    this.#sequences.reset();
  }

  /** The block's bytes, which stay as they are until the next one is decoded. */
  decode({ type, size }: BlockHeader, stored: Uint8Array, window: Window): Uint8Array {
    const limit = Math.min(BLOCK_MAX, window.windowSize);
    if (size > limit) throw corrupt('a block is too large');
    window.startBlock();
    const start = window.position;
    if (type === COMPRESSED) this.#decompress(stored, window, limit);
    else if (type === RAW) window.bytes.set(stored, start);
    else if (type === REPEATED) window.bytes.fill(stored[0] ?? 0, start, start + size);
    else throw corrupt('a block has a type that does not exist');
    if (type !== COMPRESSED) window.position += size;
    return window.finishBlock(start);
  }

  #decompress(stored: Uint8Array, window: Window, limit: number): void {
    this.#input.load(stored);
    const literals = this.#literals.decode(this.#input, window.bytes, window.literals, limit);
    this.#sequences.decode(this.#input, window, literals, limit);
  }
}

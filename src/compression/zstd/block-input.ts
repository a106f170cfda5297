import { corrupt } from './corrupt.js';

/** No block is larger, compressed or not (RFC 8878, 3.1.1.2.3). */
export const BLOCK_MAX = 128 * 1024;

/** This many bytes may be read in front of and behind a block's own: bits are fetched 32 at a time, and checked afterwards. */
const MARGIN = 32;

/**
 * The content of one compressed block, with a margin on both sides so that the bit readers need no special cases at its ends.
 * Bits are counted from the start of `bytes`.
 */
export class BlockInput {
  readonly bytes = new Uint8Array(MARGIN + BLOCK_MAX + MARGIN);
  readonly view = new DataView(this.bytes.buffer);
  position = MARGIN;
  end = MARGIN;

  load(content: Uint8Array): void {
    this.bytes.set(content, MARGIN);
    this.position = MARGIN;
    this.end = MARGIN + content.length;
  }

  byte(): number {
    this.need(1);
    return this.bytes[this.position++] ?? 0;
  }

  /** A little-endian number of 1 to 3 bytes. */
  uint(length: number): number {
    this.need(length);
    let value = 0;
    for (let i = 0; i < length; i++) value |= (this.bytes[this.position++] ?? 0) << (8 * i);
    return value;
  }

  need(length: number): void {
    if (this.end - this.position < length) throw corrupt('a block is too short for what it announces');
  }

  /** 25 bits from any position, in the low bits of the answer. */
  bits(at: number): number {
    return this.view.getInt32(at >> 3, true) >>> (at & 7);
  }
}

/** Where a stream of bits that is read backwards begins: below the highest set bit of its last byte. `start` and `end` are byte positions. */
export function lastBit(input: BlockInput, start: number, end: number): number {
  const last = end > start ? (input.bytes[end - 1] ?? 0) : 0;
  if (last === 0) throw corrupt('a bit stream has no end mark');
  return end * 8 - 1 - (Math.clz32(last) - 24);
}

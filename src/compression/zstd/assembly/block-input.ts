// The content of one compressed block. Bits are counted from INPUT on, and may be read a little beyond both of its ends.
import { BLOCK_TOO_SHORT, corrupt, NO_END_MARK } from './corrupt';
import { INPUT } from './memory-map';

/** The next byte that was not read, and the end of the block; both are counted from INPUT. */
export let position: i32 = 0;
export let end: i32 = 0;

export function startInput(length: i32): void {
  position = 0;
  end = length;
}

export function moveTo(place: i32): void {
  position = place;
}

export function need(length: i32): void {
  if (end - position < length) corrupt(BLOCK_TOO_SHORT);
}

/** The byte at hand, which stays unread. */
export function peekByte(): i32 {
  need(1);
  return load<u8>(INPUT + position);
}

/** A little-endian number of 1 to 3 bytes. */
export function takeBytes(length: i32): i32 {
  need(length);
  const value = load<u32>(INPUT + position) & (((<u32>1) << (8 * length)) - 1);
  position += length;
  return value;
}

/** 57 bits from any place, in the low bits of the answer; the others are of no meaning. */
export function bitsAt(at: i32): u64 {
  return load<u64>(INPUT + (at >> 3)) >> (<u64>at & 7);
}

/** Up to 31 bits from any place. */
export function numberAt(at: i32, count: i32): i32 {
  return <i32>bitsAt(at) & ((1 << count) - 1);
}

/** Where a stream of bits that is read backwards begins: below the highest set bit of its last byte. */
export function lastBit(from: i32, to: i32): i32 {
  const last: i32 = to > from ? load<u8>(INPUT + to - 1) : 0;
  if (last === 0) corrupt(NO_END_MARK);
  return to * 8 - 1 - (clz(last) - 24);
}

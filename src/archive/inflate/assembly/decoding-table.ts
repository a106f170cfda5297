// Tables that turn the next bits of a stream into symbols, as in RFC 1951, 3.2. A code longer than a table's index leads to a second
// table behind the first one.
import {
  COUNTS,
  DISTANCES,
  DISTANCES_BITS,
  LENGTHS,
  LENGTHS_BITS,
  LITERALS,
  LITERALS_BITS,
  OFFSETS,
  SORTED,
} from './memory-map';

// An entry, by its bits:
//   literal    31: set         16-23: the byte                                     0-7: bits to take
//   base       31, 15: clear   16-30: base   8-11: bits of the code alone          0-7: bits to take, extra ones included
//   exception  15: set         14: a second table, at entry 16-30, of 8-11 bits    0-7: bits to take
//                              13: the end of the block; none of the two: no code has these bits
export const LITERAL: u32 = 0x80000000;
export const EXCEPTION: u32 = 0x8000;
export const SECOND_TABLE: u32 = 0x4000;
export const END_OF_BLOCK: u32 = 0x2000;

const LONGEST_CODE: u32 = 15;

const LENGTH_BASES = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const LENGTH_EXTRA_BITS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const DISTANCE_BASES = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);

/** Each of these is false for lengths that are no code: over-subscribed, or incomplete. */
export function buildLiterals(lengths: usize, count: u32): bool {
  return build(lengths, count, LITERALS, LITERALS_BITS, literalEntry);
}

export function buildDistances(lengths: usize, count: u32): bool {
  return build(lengths, count, DISTANCES, DISTANCES_BITS, distanceEntry);
}

export function buildLengths(lengths: usize, count: u32): bool {
  return build(lengths, count, LENGTHS, LENGTHS_BITS, lengthEntry);
}

function literalEntry(symbol: u32): u32 {
  if (symbol < 256) return LITERAL | (symbol << 16);
  if (symbol === 256) return EXCEPTION | END_OF_BLOCK;
  const index = symbol - 257;
  if (index > 28) return EXCEPTION;
  return ((<u32>word(LENGTH_BASES, index)) << 16) | <u32>load<u8>(LENGTH_EXTRA_BITS + index);
}

function distanceEntry(symbol: u32): u32 {
  if (symbol > 29) return EXCEPTION;
  return ((<u32>word(DISTANCE_BASES, symbol)) << 16) | (symbol < 4 ? 0 : (symbol >> 1) - 1);
}

function lengthEntry(symbol: u32): u32 {
  return symbol << 16;
}

function build(lengths: usize, count: u32, table: usize, bits: u32, entryOf: (symbol: u32) => u32): bool {
  const longest = countLengths(lengths, count);
  // Go's decoder, like zlib's, takes an empty code, and one of a single bit, for a block that makes no use of what is missing.
  if (longest <= 1) fill(table, 0, 1, 1 << bits, EXCEPTION);
  if (longest === 0) return true;
  const isSingle = longest === 1 && word(COUNTS, 1) === 1;
  if (unusedCodes() !== 0 && !isSingle) return false;
  sortSymbols(lengths, count);
  writeEntries(table, bits, longest, entryOf);
  return true;
}

/** Counts the codes of each length, and returns the longest one's. */
function countLengths(lengths: usize, count: u32): u32 {
  memory.fill(COUNTS, 0, 2 * (LONGEST_CODE + 1));
  let longest: u32 = 0;
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    setWord(COUNTS, length, word(COUNTS, length) + 1);
    longest = max(longest, length);
  }
  return longest;
}

/** How many codes of the longest length are to spare, negative when there are too many codes. */
function unusedCodes(): i32 {
  let unused: i32 = 1;
  for (let length: u32 = 1; length <= LONGEST_CODE; length++) {
    unused = (unused << 1) - <i32>word(COUNTS, length);
    if (unused < 0) return -1;
  }
  return unused;
}

/** Sorts the symbols by length and then by value, which is the order of their codes. */
function sortSymbols(lengths: usize, count: u32): void {
  let offset: u16 = 0;
  for (let length: u32 = 1; length <= LONGEST_CODE; length++) {
    setWord(OFFSETS, length, offset);
    offset += word(COUNTS, length);
  }
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    if (length === 0) continue;
    const at = word(OFFSETS, length);
    setWord(SORTED, at, <u16>symbol);
    setWord(OFFSETS, length, at + 1);
  }
}

function writeEntries(table: usize, bits: u32, longest: u32, entryOf: (symbol: u32) => u32): void {
  const size: u32 = 1 << bits;
  let code: u32 = 0;
  let rank: u32 = 0;
  let firstBits: u32 = u32.MAX_VALUE;
  let second: u32 = 0;
  let secondBits: u32 = 0;
  let end = size;
  for (let length: u32 = 1; length <= longest; length++) {
    for (let left = <u32>word(COUNTS, length); left > 0; left--) {
      const entry = entryOf(word(SORTED, rank));
      const reversed = reverse(code, length);
      if (length <= bits) {
        fill(table, reversed, 1 << length, size, withLength(entry, length));
      } else {
        if ((reversed & (size - 1)) !== firstBits) {
          firstBits = reversed & (size - 1);
          second = end;
          secondBits = bitsOfSecondTable(length, left, bits, longest);
          end += 1 << secondBits;
          setEntry(table, firstBits, EXCEPTION | SECOND_TABLE | (second << 16) | (secondBits << 8) | bits);
        }
        const rest = length - bits;
        fill(table + ((<usize>second) << 2), reversed >> bits, 1 << rest, 1 << secondBits, withLength(entry, rest));
      }
      code++;
      rank++;
    }
    code <<= 1;
  }
}

/** The bits that tell apart the codes with the same first bits: the next `left` of this length, and longer ones as far as they fit. */
function bitsOfSecondTable(length: u32, left: u32, bits: u32, longest: u32): u32 {
  let secondBits = length - bits;
  let free = (1 << secondBits) - <i32>left;
  while (free > 0 && bits + secondBits < longest) {
    secondBits++;
    free = (free << 1) - <i32>word(COUNTS, bits + secondBits);
  }
  return secondBits;
}

/** Every entry whose index ends with the bits of a code. */
function fill(table: usize, first: u32, step: u32, end: u32, entry: u32): void {
  for (let index = first; index < end; index += step) setEntry(table, index, entry);
}

function withLength(entry: u32, length: u32): u32 {
  const isBase = (entry & (LITERAL | EXCEPTION)) === 0;
  return entry + length + (isBase ? length << 8 : 0);
}

/** Codes stand in a stream from their highest bit on, everything else from its lowest (RFC 1951, 3.1.1). */
function reverse(code: u32, length: u32): u32 {
  let bits = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >> 4) & 0x0f0f);
  bits = ((bits & 0x00ff) << 8) | ((bits >> 8) & 0x00ff);
  return bits >> (16 - length);
}

function setEntry(table: usize, index: u32, entry: u32): void {
  store<u32>(table + ((<usize>index) << 2), entry);
}

function word(address: usize, index: u32): u16 {
  return load<u16>(address + ((<usize>index) << 1));
}

function setWord(address: usize, index: u32, value: u16): void {
  store<u16>(address + ((<usize>index) << 1), value);
}

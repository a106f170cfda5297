// Over 200 lines: building a table and its second tables is one algorithm.
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
const LITERAL: u32 = 0x80000000;
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

/** The entry of each symbol without the bits of its code, which differs from block to block. */
const LITERAL_ENTRIES = memory.data(288 * 4, 16);
const DISTANCE_ENTRIES = memory.data(32 * 4, 16);
const LENGTH_ENTRIES = memory.data(19 * 4, 16);
for (let symbol: u32 = 0; symbol < 288; symbol++) setEntry(LITERAL_ENTRIES, symbol, literalEntry(symbol));
for (let symbol: u32 = 0; symbol < 32; symbol++) setEntry(DISTANCE_ENTRIES, symbol, distanceEntry(symbol));
for (let symbol: u32 = 0; symbol < 19; symbol++) setEntry(LENGTH_ENTRIES, symbol, symbol << 16);

/** Each of these returns false for lengths that are not a valid code: over-subscribed, or incomplete. */
export function buildLiterals(lengths: usize, count: u32): bool {
  return build(lengths, count, LITERALS, LITERALS_BITS, LITERAL_ENTRIES);
}

export function buildDistances(lengths: usize, count: u32): bool {
  return build(lengths, count, DISTANCES, DISTANCES_BITS, DISTANCE_ENTRIES);
}

export function buildLengths(lengths: usize, count: u32): bool {
  return build(lengths, count, LENGTHS, LENGTHS_BITS, LENGTH_ENTRIES);
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

function build(lengths: usize, count: u32, table: usize, bits: u32, entries: usize): bool {
  const longest = countLengths(lengths, count);
  const unused = unusedCodes();
  // Go's decoder, like zlib's, accepts an empty code, and one of a single bit, for a block that does not use the missing codes.
  const isNone = longest === 0;
  const isSingle = longest === 1 && word(COUNTS, 1) === 1;
  if (unused < 0 || (unused > 0 && !isNone && !isSingle)) return false;
  setEntry(table, 0, EXCEPTION);
  setEntry(table, 1, EXCEPTION);
  sortSymbols(lengths, count);
  const rank = writeFirstTable(table, bits, entries);
  if (longest > bits) writeSecondTables(table, bits, longest, entries, rank);
  return true;
}

/** Counts the codes of each length, and returns the greatest length. */
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

/** How many codes of the longest length are unused; negative when there are too many codes. */
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

/** Writes the entries that the first bits alone decide, and returns the number of symbols with such short codes. */
function writeFirstTable(table: usize, bits: u32, entries: usize): u32 {
  let code: u32 = 0;
  let rank: u32 = 0;
  for (let length: u32 = 1; length <= bits; length++) {
    // An entry that is decided is the same for both values of the next bit.
    const half: usize = (1 << (length - 1)) * 4;
    if (length > 1) memory.copy(table + half, table, half);
    for (let left = <u32>word(COUNTS, length); left > 0; left--) {
      setEntry(table, reverse(code, length), entryOf(entries, rank, length));
      code++;
      rank++;
    }
    code <<= 1;
  }
  return rank;
}

/** Writes the tables for the codes that are longer than the first table's index. */
function writeSecondTables(table: usize, bits: u32, longest: u32, entries: usize, first: u32): void {
  let code = firstCodeOf(bits + 1);
  let rank = first;
  let firstBits: u32 = u32.MAX_VALUE;
  let second: usize = 0;
  let secondBits: u32 = 0;
  let end: u32 = 1 << bits;
  for (let length = bits + 1; length <= longest; length++) {
    for (let left = <u32>word(COUNTS, length); left > 0; left--) {
      const reversed = reverse(code, length);
      const index = reversed & ((1 << bits) - 1);
      if (index !== firstBits) {
        firstBits = index;
        secondBits = bitsOfSecondTable(length, left, bits, longest);
        setEntry(table, index, EXCEPTION | SECOND_TABLE | (end << 16) | (secondBits << 8) | bits);
        second = table + ((<usize>end) << 2);
        end += 1 << secondBits;
      }
      const entry = entryOf(entries, rank, length - bits);
      for (let at = reversed >> bits; at < (<u32>1) << secondBits; at += 1 << (length - bits))
        setEntry(second, at, entry);
      code++;
      rank++;
    }
    code <<= 1;
  }
}

function firstCodeOf(length: u32): u32 {
  let code: u32 = 0;
  for (let shorter: u32 = 1; shorter < length; shorter++) code = (code + word(COUNTS, shorter)) << 1;
  return code;
}

/** The number of bits that distinguish the codes with the same first bits: the next `left` of this length, and longer ones as far as they fit. */
function bitsOfSecondTable(length: u32, left: u32, bits: u32, longest: u32): u32 {
  let secondBits = length - bits;
  let free = (1 << secondBits) - <i32>left;
  while (free > 0 && bits + secondBits < longest) {
    secondBits++;
    free = (free << 1) - <i32>word(COUNTS, bits + secondBits);
  }
  return secondBits;
}

/** The entry of the symbol of that rank, which takes `length` bits. */
function entryOf(entries: usize, rank: u32, length: u32): u32 {
  const entry = load<u32>(entries + ((<usize>word(SORTED, rank)) << 2));
  const isBase = (entry & (LITERAL | EXCEPTION)) === 0;
  return entry + length + (isBase ? length << 8 : 0);
}

/** Codes are written with their highest bit first, everything else with its lowest bit first (RFC 1951, 3.1.1). */
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

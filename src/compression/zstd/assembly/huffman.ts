// Huffman codes of literals (RFC 8878, 4.2): trees, and streams of codes, which are read backwards.
import { bitsAt, lastBit, moveTo, need, numberAt, position, takeBytes } from './block-input';
import { BAD_TREE, corrupt, INCOMPLETE_TREE, STREAM_LENGTH, STREAM_TOO_SHORT, TOO_MANY_SYMBOLS } from './corrupt';
import { buildStates, readParts, stateEntry } from './finite-state-entropy';
import { HUFFMAN_CODES, INPUT, WEIGHTS } from './memory-map';

const MAX_BITS: i32 = 11;
/** Codes that one read of bits is enough for. */
const CODES_A_READ: usize = 5;

/** How many bits the longest code has; 0 when the frame has no tree yet. */
export let codeBits: i32 = 0;

export function forgetTree(): void {
  codeBits = 0;
}

/** Reads the description of a tree (RFC 8878, 4.2.1) and moves the input behind it. */
export function readTree(): void {
  const header = takeBytes(1);
  const count = header < 128 ? readPackedWeights(header) : readPlainWeights(header - 127);
  let sum = 0;
  for (let symbol = 0; symbol < count; symbol++) sum += (1 << weight(symbol)) >> 1;
  const bits = 32 - clz(sum);
  if (sum === 0 || bits > MAX_BITS) corrupt(BAD_TREE);
  const rest = (1 << bits) - sum;
  if ((rest & (rest - 1)) !== 0) corrupt(INCOMPLETE_TREE);
  store<u8>(WEIGHTS + count, <u8>(32 - clz(rest)));
  let longest = 0;
  for (let symbol = 0; symbol <= count; symbol++) if (weight(symbol) === 1) longest++;
  if (longest < 2 || (longest & 1) !== 0) corrupt(BAD_TREE);
  fillCodes(count + 1, bits);
  codeBits = bits;
}

function weight(symbol: i32): i32 {
  return load<u8>(WEIGHTS + symbol);
}

/** Codes are assigned from the longest to the shortest, within a length in the order of the symbols (RFC 8878, 4.2.1.3). */
function fillCodes(count: i32, bits: i32): void {
  let at: usize = HUFFMAN_CODES;
  for (let each = 1; each <= bits; each++) {
    for (let symbol = 0; symbol < count; symbol++) {
      if (weight(symbol) !== each) continue;
      const stop = at + ((<usize>1) << each);
      for (; at < stop; at += 2) store<u16>(at, <u16>((symbol << 8) | (bits + 1 - each)));
    }
  }
}

function readPlainWeights(count: i32): i32 {
  need((count + 1) >> 1);
  for (let symbol = 0; symbol < count; symbol += 2) {
    const pair = takeBytes(1);
    store<u8>(WEIGHTS + symbol, <u8>(pair >> 4));
    store<u8>(WEIGHTS + symbol + 1, <u8>(pair & 15));
  }
  return count;
}

/** Two states take turns at one stream of bits until it is used up (RFC 8878, 4.2.1.2). */
function readPackedWeights(length: i32): i32 {
  need(length);
  const stop = position + length;
  const accuracy = readParts(6, MAX_BITS + 1);
  buildStates(accuracy);
  const first = position * 8;
  let at = lastBit(position, stop) - accuracy;
  let state = numberAt(at, accuracy);
  at -= accuracy;
  let other = numberAt(at, accuracy);
  let count = 0;
  while (at >= first) {
    const entry = stateEntry(state);
    store<u8>(WEIGHTS + count++, <u8>entry);
    if (count > 254) corrupt(TOO_MANY_SYMBOLS);
    state = other;
    const bits = <i32>(entry >> 8) & 0xff;
    if (at - first < bits) {
      store<u8>(WEIGHTS + count++, <u8>stateEntry(state));
      moveTo(stop);
      return count;
    }
    at -= bits;
    other = <i32>(entry >> 16) + numberAt(at, bits);
  }
  corrupt(BAD_TREE);
  return 0;
}

/** Decodes a stream, whose bits are those from byte `from` to below byte `to`, to its end: `length` bytes at `out`. */
export function decodeStream(from: i32, to: i32, out: usize, length: i32): void {
  finishStream(from * 8, lastBit(from, to), out, out + length);
}

/** Decodes what is left of a stream, which must be used up exactly. */
function finishStream(first: i32, at: i32, out: usize, stop: usize): void {
  const bits = codeBits;
  const mask: u64 = (1 << bits) - 1;
  while (out < stop) {
    const code = codeOf(bitsAt(at - bits) & mask);
    store<u8>(out++, <u8>(code >> 8));
    at -= code & 0xff;
    if (at < first) corrupt(STREAM_TOO_SHORT);
  }
  if (at !== first) corrupt(STREAM_LENGTH);
}

/**
 * Decodes four streams side by side, whose waits for memory overlap then. Each has `part` bytes at `out`, but for the last one, which has the rest of
 * `length`. The streams lie one behind the other in the input, and end before the bytes given.
 */
export function decodeFourStreams(
  from: i32,
  end1: i32,
  end2: i32,
  end3: i32,
  end4: i32,
  out: usize,
  part: usize,
  length: usize,
): void {
  const first = from * 8;
  const shift: u64 = 64 - codeBits;
  let at1 = lastBit(from, end1);
  let at2 = lastBit(end1, end2);
  let at3 = lastBit(end2, end3);
  let at4 = lastBit(end3, end4);
  const out2 = out + part;
  const out3 = out2 + part;
  const out4 = out3 + part;
  let done: usize = 0;
  for (const stop = length - 3 * part; done + CODES_A_READ <= stop; done += CODES_A_READ) {
    let bits1 = topBits(at1);
    let bits2 = topBits(at2);
    let bits3 = topBits(at3);
    let bits4 = topBits(at4);
    let taken1: u32 = 0;
    let taken2: u32 = 0;
    let taken3: u32 = 0;
    let taken4: u32 = 0;
    for (let to = out + done, stop = to + CODES_A_READ; to < stop; to++) {
      const code1 = codeOf(bits1 >> shift);
      const code2 = codeOf(bits2 >> shift);
      const code3 = codeOf(bits3 >> shift);
      const code4 = codeOf(bits4 >> shift);
      store<u8>(to, <u8>(code1 >> 8));
      store<u8>(to + part, <u8>(code2 >> 8));
      store<u8>(to + 2 * part, <u8>(code3 >> 8));
      store<u8>(to + 3 * part, <u8>(code4 >> 8));
      // Only the lowest six bits of a shift's width count: the number of bits.
      bits1 <<= <u64>code1;
      bits2 <<= <u64>code2;
      bits3 <<= <u64>code3;
      bits4 <<= <u64>code4;
      taken1 += code1;
      taken2 += code2;
      taken3 += code3;
      taken4 += code4;
    }
    at1 -= taken1 & 0xff;
    at2 -= taken2 & 0xff;
    at3 -= taken3 & 0xff;
    at4 -= taken4 & 0xff;
    // None may read in front of the first one. Other errors show at the ends of the streams.
    if (min(min(at1, at2), min(at3, at4)) < first) corrupt(STREAM_TOO_SHORT);
  }
  finishStream(first, at1, out + done, out2);
  finishStream(end1 * 8, at2, out2 + done, out3);
  finishStream(end2 * 8, at3, out3 + done, out4);
  finishStream(end3 * 8, at4, out4 + done, out + length);
}

/** The 57 bits below a place, and more, with the one right below it as the highest. */
function topBits(at: i32): u64 {
  const stop = (at + 7) >> 3;
  return load<u64>(INPUT + stop - 8) << (<u64>(stop * 8 - at));
}

function codeOf(index: u64): u32 {
  return load<u16>(HUFFMAN_CODES + ((<usize>index) << 1));
}

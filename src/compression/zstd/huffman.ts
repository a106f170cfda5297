import { type BlockInput, lastBit } from './block-input.js';
import { corrupt } from './corrupt.js';
import { baseOf, bitsOf, buildFseTable, readDistribution, symbolOf } from './fse.js';

const MAX_BITS = 11;

/** A Huffman decoding table: for every sequence of `bits` bits, the symbol it begins with (low byte) and how many bits that takes. */
export interface HuffmanTable {
  readonly bits: number;
  readonly codes: Uint16Array;
}

/** Reads the description of a Huffman tree (RFC 8878, 4.2.1) and moves the input behind it. */
export function readHuffmanTable(input: BlockInput): HuffmanTable {
  const header = input.byte();
  const weights = header < 128 ? readPackedWeights(input, header) : readPlainWeights(input, header - 127);
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 1 << (weight - 1) : 0), 0);
  const bits = 32 - Math.clz32(sum);
  if (sum === 0 || bits > MAX_BITS) throw corrupt('a Huffman tree is malformed');
  const rest = (1 << bits) - sum;
  if ((rest & (rest - 1)) !== 0) throw corrupt('a Huffman tree is incomplete');
  weights.push(32 - Math.clz32(rest));
  const longest = weights.filter((weight) => weight === 1).length;
  if (longest < 2 || longest % 2 !== 0) throw corrupt('a Huffman tree is malformed');
  return { bits, codes: fillCodes(weights, bits) };
}

/** Codes are assigned from the longest to the shortest, within a length in the order of the symbols (RFC 8878, 4.2.1.3). */
function fillCodes(weights: readonly number[], bits: number): Uint16Array {
  const codes = new Uint16Array(1 << bits);
  const counts = new Uint16Array(bits + 2);
  for (const weight of weights) counts[weight] = (counts[weight] ?? 0) + 1;
  const next = new Uint16Array(bits + 2);
  for (let weight = 1; weight <= bits; weight++) {
    next[weight + 1] = (next[weight] ?? 0) + ((counts[weight] ?? 0) << (weight - 1));
  }
  for (let symbol = 0; symbol < weights.length; symbol++) {
    const weight = weights[symbol] ?? 0;
    if (weight === 0) continue;
    const from = next[weight] ?? 0;
    const to = from + (1 << (weight - 1));
    codes.fill(((bits + 1 - weight) << 8) | symbol, from, to);
    next[weight] = to;
  }
  return codes;
}

function readPlainWeights(input: BlockInput, count: number): number[] {
  input.need((count + 1) >> 1);
  const weights: number[] = [];
  for (let i = 0; i < count; i += 2) {
    const pair = input.byte();
    weights.push(pair >> 4);
    if (i + 1 < count) weights.push(pair & 15);
  }
  return weights;
}

/** Two states take turns at one stream of bits until it is used up (RFC 8878, 4.2.1.2). */
function readPackedWeights(input: BlockInput, length: number): number[] {
  input.need(length);
  const end = input.position + length;
  const { accuracy, states } = buildFseTable(readDistribution(input, 6, MAX_BITS + 1));
  const start = input.position * 8;
  let at = lastBit(input, input.position, end);
  const read = (count: number): number => {
    at -= count;
    return input.bits(at) & ((1 << count) - 1);
  };
  let state = read(accuracy);
  let other = read(accuracy);
  const weights: number[] = [];
  while (at >= start) {
    const entry = states[state] ?? 0;
    weights.push(symbolOf(entry));
    if (weights.length > 254) throw corrupt('a Huffman tree has too many symbols');
    state = other;
    other = at - start < bitsOf(entry) ? -1 : baseOf(entry) + read(bitsOf(entry));
    if (other >= 0) continue;
    weights.push(symbolOf(states[state] ?? 0));
    input.position = end;
    return weights;
  }
  throw corrupt('a Huffman tree is malformed');
}

/** A stream of Huffman codes, which is read backwards: bits from `first` to below `at`, bytes from `to` to below `stop`. */
export interface HuffmanStream {
  readonly first: number;
  at: number;
  to: number;
  readonly stop: number;
}

/** The stream in the bytes from `start` to below `end`, for `count` bytes at `to`. */
export function openStream(input: BlockInput, start: number, end: number, to: number, count: number): HuffmanStream {
  return { first: start * 8, at: lastBit(input, start, end), to, stop: to + count };
}

/** Decodes a stream to its end; it must be used up exactly. */
export function decodeStream(table: HuffmanTable, input: BlockInput, stream: HuffmanStream, out: Uint8Array): void {
  const { bits, codes } = table;
  const mask = (1 << bits) - 1;
  const { first, stop } = stream;
  let { at, to } = stream;
  while (to < stop) {
    const code = codes[input.bits(at - bits) & mask] as number;
    out[to++] = code;
    at -= code >> 8;
    if (at < first) throw corrupt('a stream of literals is too short');
  }
  if (at !== first) throw corrupt('a stream of literals has the wrong length');
}

/** Decodes four streams of equal length side by side, in steps of two bytes: their waits for memory overlap. */
export function decodeAbreast(
  table: HuffmanTable,
  input: BlockInput,
  streams: readonly [HuffmanStream, HuffmanStream, HuffmanStream, HuffmanStream],
  out: Uint8Array,
): void {
  const { bits, codes } = table;
  const { view } = input;
  const mask = (1 << bits) - 1;
  const two = 2 * bits;
  const [a, b, c, d] = streams;
  const first = a.first;
  let atA = a.at - two;
  let atB = b.at - two;
  let atC = c.at - two;
  let atD = d.at - two;
  const part = b.to - a.to;
  const stop = a.to + ((d.stop - d.to) & ~1);
  let to = a.to;
  for (; to < stop; to += 2) {
    const bitsA = view.getInt32(atA >> 3, true) >>> (atA & 7);
    const bitsB = view.getInt32(atB >> 3, true) >>> (atB & 7);
    const bitsC = view.getInt32(atC >> 3, true) >>> (atC & 7);
    const bitsD = view.getInt32(atD >> 3, true) >>> (atD & 7);
    const a1 = codes[(bitsA >>> bits) & mask] as number;
    const b1 = codes[(bitsB >>> bits) & mask] as number;
    const c1 = codes[(bitsC >>> bits) & mask] as number;
    const d1 = codes[(bitsD >>> bits) & mask] as number;
    const a2 = codes[(bitsA >>> (bits - (a1 >> 8))) & mask] as number;
    const b2 = codes[(bitsB >>> (bits - (b1 >> 8))) & mask] as number;
    const c2 = codes[(bitsC >>> (bits - (c1 >> 8))) & mask] as number;
    const d2 = codes[(bitsD >>> (bits - (d1 >> 8))) & mask] as number;
    out[to] = a1;
    out[to + 1] = a2;
    out[to + part] = b1;
    out[to + part + 1] = b2;
    out[to + 2 * part] = c1;
    out[to + 2 * part + 1] = c2;
    out[to + 3 * part] = d1;
    out[to + 3 * part + 1] = d2;
    atA -= (a1 >> 8) + (a2 >> 8);
    atB -= (b1 >> 8) + (b2 >> 8);
    atC -= (c1 >> 8) + (c2 >> 8);
    atD -= (d1 >> 8) + (d2 >> 8);
    // The streams lie one behind the other: none may read in front of the first one. Other errors show at the ends of the streams.
    if (atA + two < first || atB + two < first || atC + two < first || atD + two < first) {
      throw corrupt('a stream of literals is too short');
    }
  }
  const done = to - a.to;
  for (const [stream, at] of [
    [a, atA],
    [b, atB],
    [c, atC],
    [d, atD],
  ] as const) {
    stream.at = at + two;
    stream.to += done;
  }
}

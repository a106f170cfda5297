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

/** Codes are dealt out from the longest to the shortest, within a length in the order of the symbols (RFC 8878, 4.2.1.3). */
function fillCodes(weights: readonly number[], bits: number): Uint16Array {
  const codes = new Uint16Array(1 << bits);
  let position = 0;
  for (let weight = 1; weight <= bits; weight++) {
    const entry = (bits + 1 - weight) << 8;
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      codes.fill(entry | symbol, position, position + (1 << (weight - 1)));
      position += 1 << (weight - 1);
    }
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

/**
 * Decodes one stream of Huffman codes, which is read backwards from the byte `end` to the byte `start`, into `count` bytes at `to`.
 * It must be used up by them exactly.
 */
export function decodeStream(
  table: HuffmanTable,
  input: BlockInput,
  start: number,
  end: number,
  out: Uint8Array,
  to: number,
  count: number,
): void {
  const { bits, codes } = table;
  const { view } = input;
  const mask = (1 << bits) - 1;
  const first = start * 8;
  let at = lastBit(input, start, end);
  const stop = to + count;
  const pairsStop = stop - 1;
  while (to < pairsStop) {
    const from = at - 2 * bits;
    const both = view.getInt32(from >> 3, true) >>> (from & 7);
    const one = codes[(both >>> bits) & mask] as number;
    const two = codes[(both >>> (bits - (one >> 8))) & mask] as number;
    out[to] = one;
    out[to + 1] = two;
    to += 2;
    at -= (one >> 8) + (two >> 8);
    if (at < first) throw corrupt('a stream of literals is too short');
  }
  if (to < stop) {
    const last = codes[input.bits(at - bits) & mask] as number;
    out[to] = last;
    at -= last >> 8;
  }
  if (at !== first) throw corrupt('a stream of literals has the wrong length');
}

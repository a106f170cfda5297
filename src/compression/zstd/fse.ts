import type { BlockInput } from './block-input.js';
import { corrupt } from './corrupt.js';

/** Probabilities of the symbols 0, 1, … as parts of 2^accuracy; -1 is a probability below one part. */
export interface Distribution {
  readonly accuracy: number;
  readonly parts: readonly number[];
}

/**
 * A decoding table of Finite State Entropy. Each state's entry holds its symbol, how many bits to read for the next state, and what to
 * add to these: see `symbolOf`, `bitsOf` and `baseOf`.
 */
export interface FseTable {
  readonly accuracy: number;
  readonly states: Int32Array;
}

export const symbolOf = (entry: number): number => entry & 0xff;
export const bitsOf = (entry: number): number => (entry >> 8) & 0xff;
export const baseOf = (entry: number): number => entry >> 16;

/** Reads the description of a table (RFC 8878, 4.1.1) and moves the input behind it. */
export function readDistribution(input: BlockInput, maxAccuracy: number, maxSymbol: number): Distribution {
  let at = input.position * 8;
  const accuracy = (input.bits(at) & 15) + 5;
  at += 4;
  if (accuracy > maxAccuracy) throw corrupt('a table of states is too large');
  const parts: number[] = [];
  let left = 1 << accuracy;
  while (left > 0) {
    if (parts.length > maxSymbol || at > input.end * 8) throw corrupt('a table of states is malformed');
    const width = 32 - Math.clz32(left + 1);
    const spare = (1 << width) - 2 - left;
    const all = input.bits(at) & ((1 << width) - 1);
    const short = all & ((1 << (width - 1)) - 1);
    // The `spare` lowest values need one bit less; the highest ones close the gap that they leave.
    const isShort = short < spare;
    at += isShort ? width - 1 : width;
    const value = isShort ? short : all >= 1 << (width - 1) ? all - spare : all;
    parts.push(value - 1);
    left -= Math.abs(value - 1);
    for (let more = value === 1; more; at += 2) {
      const zeros = input.bits(at) & 3;
      for (let i = 0; i < zeros; i++) parts.push(0);
      more = zeros === 3 && parts.length <= maxSymbol;
    }
  }
  if (left < 0 || parts.length > maxSymbol + 1) throw corrupt('a table of states is malformed');
  input.position = (at + 7) >> 3;
  input.need(0);
  return { accuracy, parts };
}

/** Spreads the symbols over the states (RFC 8878, 4.1.1, "From normalized distribution to decoding tables"). */
export function buildFseTable({ accuracy, parts }: Distribution): FseTable {
  const size = 1 << accuracy;
  const symbols = spread(parts, size);
  const next = parts.map((part) => Math.abs(part));
  const states = new Int32Array(size);
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] ?? 0;
    const count = next[symbol] ?? 0;
    next[symbol] = count + 1;
    const bits = accuracy - (31 - Math.clz32(count));
    states[state] = (((count << bits) - size) << 16) | (bits << 8) | symbol;
  }
  return { accuracy, states };
}

/** A table of one state, which always gives the same symbol and reads no bits. */
export function constantFseTable(symbol: number): FseTable {
  return { accuracy: 0, states: Int32Array.of(symbol) };
}

function spread(parts: readonly number[], size: number): Uint8Array {
  const symbols = new Uint8Array(size);
  let high = size;
  for (let symbol = 0; symbol < parts.length; symbol++) if (parts[symbol] === -1) symbols[--high] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (let symbol = 0; symbol < parts.length; symbol++) {
    const part = parts[symbol] ?? 0;
    for (let i = 0; i < part; i++) {
      symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  return symbols;
}

import type { BlockInput } from './block-input.js';
import { corrupt } from './corrupt.js';
import {
  buildFseTable,
  constantFseTable,
  type Distribution,
  type FseTable,
  readDistribution,
  symbolOf,
} from './fse.js';

/**
 * A table for one of the three parts of a sequence. A state stands for a code; what the code means is spread over two arrays: the
 * value it begins at, and in `states` how many extra bits to add (bits 0–7), how many bits make the next state (8–15) and its base (16–).
 */
export interface SequenceTable {
  readonly accuracy: number;
  readonly states: Int32Array;
  readonly values: Int32Array;
}

/** One of the three alphabets of codes (RFC 8878, 3.1.1.3.2.1): what a code begins at, and how many extra bits it takes. */
export interface Alphabet {
  readonly values: readonly number[];
  readonly extraBits: readonly number[];
  readonly maxAccuracy: number;
  readonly predefined: SequenceTable;
}

const PREDEFINED = 0;
const CONSTANT = 1;
const DESCRIBED = 2;

/** The table that a block's compression mode asks for (RFC 8878, 3.1.1.3.2.1); `previous` is that of the block before in the frame. */
export function readSequenceTable(
  mode: number,
  alphabet: Alphabet,
  previous: SequenceTable | undefined,
  input: BlockInput,
): SequenceTable {
  if (mode === PREDEFINED) return alphabet.predefined;
  if (mode === CONSTANT) return withMeaning(constantFseTable(input.byte()), alphabet);
  if (mode === DESCRIBED) {
    const distribution = readDistribution(input, alphabet.maxAccuracy, alphabet.values.length - 1);
    return withMeaning(buildFseTable(distribution), alphabet);
  }
  if (!previous) throw corrupt('a block refers to a table that was never given');
  return previous;
}

function withMeaning(
  { accuracy, states }: FseTable,
  { values, extraBits }: Pick<Alphabet, 'values' | 'extraBits'>,
): SequenceTable {
  const packed = new Int32Array(states.length);
  const meaning = new Int32Array(states.length);
  for (let state = 0; state < states.length; state++) {
    const entry = states[state] ?? 0;
    const value = values[symbolOf(entry)];
    if (value === undefined) throw corrupt('a table has a code that does not exist');
    packed[state] = (entry & ~0xff) | (extraBits[symbolOf(entry)] ?? 0);
    meaning[state] = value;
  }
  return { accuracy, states: packed, values: meaning };
}

function alphabet(
  first: number,
  extraBits: readonly number[],
  maxAccuracy: number,
  predefined: Distribution,
): Alphabet {
  let next = first;
  const values = extraBits.map((bits) => {
    const value = next;
    next += 2 ** bits;
    return value;
  });
  return { values, extraBits, maxAccuracy, predefined: withMeaning(buildFseTable(predefined), { values, extraBits }) };
}

const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);

export const LITERAL_LENGTHS = alphabet(
  0,
  [...times(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  9,
  {
    accuracy: 6,
    parts: [4, 3, ...times(6, 2), ...times(5, 2), 1, 1, 1, ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)],
  },
);

export const MATCH_LENGTHS = alphabet(
  3,
  [...times(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  9,
  { accuracy: 6, parts: [1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)] },
);

/** Code n begins at 2^n and has n extra bits. Offsets from 2^30 on lie beyond every window. */
export const OFFSETS = alphabet(
  1,
  Array.from({ length: 31 }, (_, code) => code),
  8,
  { accuracy: 5, parts: [...times(6, 1), ...times(3, 2), ...times(15, 1), ...times(5, -1)] },
);

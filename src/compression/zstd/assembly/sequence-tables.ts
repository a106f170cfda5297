// The tables of the three parts of a sequence (RFC 8878, 3.1.1.3.2). A state stands for a code; its entry has the number that the code begins at (bits 0 to
// 31), what is added for the next state (32 to 47), how many bits that state takes (48 to 55), and how many bits are added to the number (56 to 63).
import { takeBytes } from './block-input';
import { corrupt, NO_SUCH_CODE, NO_TABLE } from './corrupt';
import { addPart, buildStates, readParts, startParts, stateEntry } from './finite-state-entropy';
import {
  LITERAL_LENGTHS,
  MATCH_LENGTHS,
  OFFSETS,
  PREDEFINED_LITERAL_LENGTHS,
  PREDEFINED_MATCH_LENGTHS,
  PREDEFINED_OFFSETS,
} from './memory-map';

/** One of the three alphabets of codes, and the table of the block at hand. */
export class Alphabet {
  /** The table at hand, and how many bits its first state takes; -1 when the frame has none yet. */
  table: usize = 0;
  accuracy: i32 = -1;

  constructor(
    /** How many bits each code adds, or 0 where the code itself is their number. */
    private readonly extraBits: usize,
    private readonly codes: i32,
    /** What the first code begins at. */
    private readonly first: u32,
    private readonly maxAccuracy: i32,
    private readonly own: usize,
    private readonly predefined: usize,
    private readonly predefinedAccuracy: i32,
  ) {}

  reset(): void {
    this.accuracy = -1;
  }

  /** Reads the table that a block's compression mode asks for. */
  read(mode: i32): void {
    if (mode === PREDEFINED) {
      this.table = this.predefined;
      this.accuracy = this.predefinedAccuracy;
    } else if (mode === CONSTANT) {
      this.table = this.own;
      this.accuracy = 0;
      this.setEntry(0, takeBytes(1));
    } else if (mode === DESCRIBED) {
      this.table = this.own;
      this.accuracy = readParts(this.maxAccuracy, this.codes - 1);
      this.build();
    } else if (this.accuracy < 0) corrupt(NO_TABLE);
  }

  /** Builds the predefined table of the probabilities in PARTS. */
  predefine(): void {
    this.table = this.predefined;
    this.accuracy = this.predefinedAccuracy;
    this.build();
  }

  private build(): void {
    buildStates(this.accuracy);
    for (let state = 0; state < 1 << this.accuracy; state++) this.setEntry(state, stateEntry(state));
  }

  private setEntry(state: i32, entry: u32): void {
    const code = <i32>entry & 0xff;
    if (code >= this.codes) corrupt(NO_SUCH_CODE);
    const next = ((<u64>entry & 0xff00) << 40) | ((<u64>entry >> 16) << 32);
    store<u64>(this.table + ((<usize>state) << 3), ((<u64>this.bitsOf(code)) << 56) | next | <u64>this.valueOf(code));
  }

  private bitsOf(code: i32): u32 {
    return this.extraBits === 0 ? <u32>code : load<u8>(this.extraBits + code);
  }

  private valueOf(code: i32): u32 {
    let value = this.first;
    for (let lower = 0; lower < code; lower++) value += (<u32>1) << this.bitsOf(lower);
    return value;
  }
}

const PREDEFINED: i32 = 0;
const CONSTANT: i32 = 1;
const DESCRIBED: i32 = 2;

const LITERAL_LENGTH_BITS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const MATCH_LENGTH_BITS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3,
  3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);

export const literalLengths = new Alphabet(
  LITERAL_LENGTH_BITS,
  36,
  0,
  9,
  LITERAL_LENGTHS,
  PREDEFINED_LITERAL_LENGTHS,
  6,
);
export const matchLengths = new Alphabet(MATCH_LENGTH_BITS, 53, 3, 9, MATCH_LENGTHS, PREDEFINED_MATCH_LENGTHS, 6);
/** Code n begins at 2^n and adds n bits. Offsets from 2^30 on lie beyond every window. */
export const offsets = new Alphabet(0, 31, 1, 8, OFFSETS, PREDEFINED_OFFSETS, 5);

// The predefined probabilities (RFC 8878, 3.1.1.3.2.2).
startParts();
addPart(4, 1);
addPart(3, 1);
addPart(2, 11);
addPart(1, 3);
addPart(2, 9);
addPart(3, 1);
addPart(2, 1);
addPart(1, 5);
addPart(-1, 4);
literalLengths.predefine();

startParts();
addPart(1, 1);
addPart(4, 1);
addPart(3, 1);
addPart(2, 6);
addPart(1, 37);
addPart(-1, 7);
matchLengths.predefine();

startParts();
addPart(1, 6);
addPart(2, 3);
addPart(1, 15);
addPart(-1, 5);
offsets.predefine();

/** Forgets the tables of the frame before. */
export function forgetTables(): void {
  literalLengths.reset();
  offsets.reset();
  matchLengths.reset();
}

/** Reads the tables of a block by its three modes, of two bits each. */
export function readTables(modes: i32): void {
  literalLengths.read(modes >> 6);
  offsets.read((modes >> 4) & 3);
  matchLengths.read((modes >> 2) & 3);
}

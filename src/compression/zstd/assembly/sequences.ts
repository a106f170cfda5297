// The sequences of a block (RFC 8878, 3.1.1.3.2): each is a run of literals, and a match, which repeats what was written before.
import { bitsAt, end, lastBit, numberAt, position, takeBytes } from './block-input';
import { copyMatch, copyRun } from './copy';
import {
  BLOCK_TOO_LARGE,
  corrupt,
  LITERALS_USED_UP,
  MATCH_TOO_FAR,
  RESERVED_BIT,
  SEQUENCES_LENGTH,
  SEQUENCES_TOO_SHORT,
  SOMETHING_FOLLOWS,
} from './corrupt';
import { literalLengths, matchLengths, offsets, readTables } from './sequence-tables';
import { front, history, lapEnd, literals, windowSize } from './window';

/** What one read of bits is sure to give. */
const BITS_A_READ: i32 = 57;

/** The offsets that were used last; they are kept within a frame. */
let recent1: usize = 1;
let recent2: usize = 4;
let recent3: usize = 8;

export function forgetOffsets(): void {
  recent1 = 1;
  recent2 = 4;
  recent3 = 8;
}

/** Where the output stands after `execute`, and how many literals it used. */
let written: usize = 0;
let used: usize = 0;

/** Writes a block's bytes from `output` on, at most `limit`, of which `literalCount` are literals. Returns where they end. */
export function decodeSequences(output: usize, literalCount: usize, limit: usize): usize {
  const count = readCount();
  written = output;
  used = 0;
  if (count > 0) {
    const modes = takeBytes(1);
    if ((modes & 3) !== 0) corrupt(RESERVED_BIT);
    readTables(modes);
    execute(count, output, literalCount, output + limit);
  } else if (position !== end) corrupt(SOMETHING_FOLLOWS);
  const rest = literalCount - used;
  if (written + rest > output + limit) corrupt(BLOCK_TOO_LARGE);
  memory.copy(written, literals + used, rest);
  return written + rest;
}

function readCount(): i32 {
  const first = takeBytes(1);
  if (first < 128) return first;
  return first < 255 ? ((first - 128) << 8) | takeBytes(1) : 0x7f00 + takeBytes(2);
}

/** Carries out the sequences. This is where most of the time is spent: one loop over local variables, with one or two reads of bits each time. */
function execute(count: i32, start: usize, literalCount: usize, stop: usize): void {
  const llTable = literalLengths.table;
  const ofTable = offsets.table;
  const mlTable = matchLengths.table;
  const first = position * 8;
  let at = lastBit(position, end) - literalLengths.accuracy;
  let llEntry = entryAt(llTable, numberAt(at, literalLengths.accuracy));
  at -= offsets.accuracy;
  let ofEntry = entryAt(ofTable, numberAt(at, offsets.accuracy));
  at -= matchLengths.accuracy;
  let mlEntry = entryAt(mlTable, numberAt(at, matchLengths.accuracy));

  let output = start;
  let literal = literals;
  const literalStop = literal + literalCount;
  const reach = history;
  const farthest = windowSize;

  for (let left = count; left > 0; left--) {
    const ofBits = <i32>(ofEntry >> 56);
    const mlBits = <i32>(mlEntry >> 56);
    const llBits = <i32>(llEntry >> 56);
    let code = <usize>(<u32>ofEntry);
    let length = <usize>(<u32>mlEntry);
    let run = <usize>(<u32>llEntry);
    at -= ofBits + mlBits + llBits;
    let bits = bitsAt(at);
    run += <usize>bits & ((1 << llBits) - 1);
    length += <usize>(bits >> <u64>llBits) & ((1 << mlBits) - 1);
    if (ofBits + mlBits + llBits > BITS_A_READ) bits = bitsAt(at + mlBits + llBits);
    else bits >>= <u64>(mlBits + llBits);
    code += <usize>bits & ((1 << ofBits) - 1);

    if (left > 1) {
      const llNext = <i32>(llEntry >> 48) & 0xff;
      const mlNext = <i32>(mlEntry >> 48) & 0xff;
      const ofNext = <i32>(ofEntry >> 48) & 0xff;
      at -= llNext + mlNext + ofNext;
      const next = bitsAt(at);
      const ofState = (<i32>(ofEntry >> 32) & 0xffff) + (<i32>next & ((1 << ofNext) - 1));
      const mlState = (<i32>(mlEntry >> 32) & 0xffff) + (<i32>(next >> <u64>ofNext) & ((1 << mlNext) - 1));
      const llState = (<i32>(llEntry >> 32) & 0xffff) + (<i32>(next >> <u64>(ofNext + mlNext)) & ((1 << llNext) - 1));
      ofEntry = entryAt(ofTable, ofState);
      mlEntry = entryAt(mlTable, mlState);
      llEntry = entryAt(llTable, llState);
    }
    if (at < first) corrupt(SEQUENCES_TOO_SHORT);

    const offset = offsetOf(code, run === 0);

    if (literal + run > literalStop) corrupt(LITERALS_USED_UP);
    if (output + run + length > stop) corrupt(BLOCK_TOO_LARGE);
    copyRun(output, literal, run);
    output += run;
    literal += run;

    if (offset > farthest || offset > reach + (output - start)) corrupt(MATCH_TOO_FAR);
    writeMatch(output, offset, length);
    output += length;
  }

  if (at !== first) corrupt(SEQUENCES_LENGTH);
  written = output;
  used = literal - literals;
}

/** RFC 8878, 3.1.1.5: codes 1 to 3 stand for recent offsets, shifted by one after an empty run. */
function offsetOf(code: usize, isEmptyRun: bool): usize {
  if (code > 3) {
    recent3 = recent2;
    recent2 = recent1;
    recent1 = code - 3;
    return recent1;
  }
  const which = isEmptyRun ? code + 1 : code;
  if (which === 1) return recent1;
  const offset = which === 2 ? recent2 : which === 3 ? recent3 : max<usize>(recent1 - 1, 1);
  if (which > 2) recent3 = recent2;
  recent2 = recent1;
  recent1 = offset;
  return offset;
}

/** Repeats what lies `offset` bytes before, which may begin in the lap before. */
function writeMatch(to: usize, offset: usize, length: usize): void {
  const inLap = to - front;
  const before = offset > inLap ? min(length, offset - inLap) : 0;
  if (before > 0) memory.copy(to, lapEnd + inLap - offset, before);
  if (before < length) copyMatch(to + before, offset, length - before);
}

function entryAt(table: usize, state: i32): u64 {
  return load<u64>(table + ((<usize>state) << 3));
}

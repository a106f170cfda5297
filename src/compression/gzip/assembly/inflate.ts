// Over 200 lines: one state machine, whose parts share the variables of the module because calls would cost a tenth of its speed.
// DEFLATE (RFC 1951) in AssemblyScript, a TypeScript that compiles to WebAssembly: a stream in pieces of any size, in and out. It is faster
// than Node's zlib, does not need a thread pool, and accepts exactly what Go's decoder accepts, which skopeo uses.
import { buildDistances, buildLengths, buildLiterals, END_OF_BLOCK, EXCEPTION, SECOND_TABLE } from './decoding-table';
import {
  CODE_LENGTHS,
  DISTANCES,
  DISTANCES_BITS,
  HISTORY,
  HISTORY_LENGTH,
  INPUT,
  INPUT_CAPACITY,
  INPUT_PADDING,
  LENGTHS,
  LENGTHS_BITS,
  LITERALS,
  LITERALS_BITS,
  OUTPUT,
  OUTPUT_CAPACITY,
  OUTPUT_MARGIN,
} from './memory-map';

/** What `inflate` stops at. */
const NEEDS_INPUT: i32 = 0;
const OUTPUT_FULL: i32 = 1;
const END_OF_STREAM: i32 = 2;
const BAD_BLOCK_TYPE: i32 = 3;
const BAD_STORED_LENGTH: i32 = 4;
const BAD_CODE_LENGTHS: i32 = 5;
const BAD_CODE: i32 = 6;
const BAD_DISTANCE: i32 = 7;

/** Where the stream stands. */
enum Phase {
  BlockHeader,
  StoredBlock,
  CompressedBlock,
}

/** A block's header is shorter than this many bytes. */
const LONGEST_HEADER: usize = 330;
/** One step of the decoder reads at most this many bytes. */
const INPUT_MARGIN: usize = 16;

let phase = Phase.BlockHeader;
let isLastBlock = false;
let storedLeft: usize = 0;
/** Bits that were read and not yet taken, from the lowest on. Between two calls these are less than a byte. */
let bits: u64 = 0;
let bitCount: u64 = 0;
let inputAt: usize = INPUT;
let inputEnd: usize = INPUT;
let outputAt: usize = OUTPUT;
/** The stream begins here: matches must not reach further back. */
let historyStart: usize = OUTPUT;

export function inputAddress(): usize {
  return INPUT;
}

export function inputCapacity(): usize {
  return INPUT_CAPACITY;
}

export function outputAddress(): usize {
  return OUTPUT;
}

/** Where the next byte of output goes. */
export function outputPosition(): usize {
  return outputAt;
}

/** Bytes of the input that the last call of `inflate` used; more than the input has when the stream is cut off. */
export function inputUsed(): usize {
  return inputAt - INPUT;
}

/** Begins a new stream; its output follows that of the one before. */
export function begin(): void {
  phase = Phase.BlockHeader;
  isLastBlock = false;
  bits = 0;
  bitCount = 0;
  historyStart = outputAt;
}

/** Forgets the output, except for what later bytes may refer to. */
export function emptyOutput(): void {
  const moved = outputAt - OUTPUT;
  memory.copy(HISTORY, outputAt - HISTORY_LENGTH, HISTORY_LENGTH);
  historyStart = historyStart > HISTORY + moved ? historyStart - moved : HISTORY;
  outputAt = OUTPUT;
}

/**
 * Continues with the stream, and returns what it stopped at.
 *
 * @param length the bytes at the input's address: at least 512, unless they are the last ones
 * @param isLast whether nothing follows them
 */
export function inflate(length: usize, isLast: bool): i32 {
  inputAt = INPUT;
  inputEnd = INPUT + length;
  if (isLast) memory.fill(inputEnd, 0, INPUT_PADDING);
  const status = goOn(isLast);
  giveBytesBack();
  return status;
}

function goOn(isLast: bool): i32 {
  // Behind the end of the input, zeros are read; the count of used bits then shows that the input had fewer.
  const inputLimit = isLast ? inputEnd + INPUT_MARGIN : inputEnd - INPUT_MARGIN;
  const headerLimit = isLast ? inputEnd + INPUT_MARGIN : inputEnd - LONGEST_HEADER;
  let status = GO_ON;
  while (status === GO_ON) {
    if (phase === Phase.StoredBlock) status = copyStored();
    else if (phase === Phase.CompressedBlock) status = inflateBlock(inputLimit);
    else if (isLastBlock) status = END_OF_STREAM;
    else if (inputAt > headerLimit) status = NEEDS_INPUT;
    else status = readBlockHeader();
  }
  return status;
}

/** A status that is used only inside this module. */
const GO_ON: i32 = -1;

function readBlockHeader(): i32 {
  refill();
  isLastBlock = take(1) !== 0;
  const type = take(2);
  if (type === 0) return readStoredHeader();
  phase = Phase.CompressedBlock;
  if (type === 1) return readFixedCodes();
  return type === 2 ? readDynamicCodes() : BAD_BLOCK_TYPE;
}

function readStoredHeader(): i32 {
  bits = 0;
  inputAt -= <usize>(bitCount >> 3);
  bitCount = 0;
  storedLeft = load<u16>(inputAt);
  const complement = load<u16>(inputAt, 2);
  inputAt += 4;
  phase = Phase.StoredBlock;
  return (storedLeft ^ complement) === 0xffff ? GO_ON : BAD_STORED_LENGTH;
}

function copyStored(): i32 {
  const available = inputEnd > inputAt ? inputEnd - inputAt : 0;
  const length = min(min(storedLeft, available), OUTPUT + OUTPUT_CAPACITY - outputAt);
  memory.copy(outputAt, inputAt, length);
  inputAt += length;
  outputAt += length;
  storedLeft -= length;
  if (storedLeft > 0) return length === available ? NEEDS_INPUT : OUTPUT_FULL;
  phase = Phase.BlockHeader;
  return GO_ON;
}

/** RFC 1951, 3.2.6. */
function readFixedCodes(): i32 {
  memory.fill(CODE_LENGTHS, 8, 144);
  memory.fill(CODE_LENGTHS + 144, 9, 112);
  memory.fill(CODE_LENGTHS + 256, 7, 24);
  memory.fill(CODE_LENGTHS + 280, 8, 8);
  buildLiterals(CODE_LENGTHS, 288);
  memory.fill(CODE_LENGTHS, 5, 32);
  buildDistances(CODE_LENGTHS, 32);
  return GO_ON;
}

const LENGTHS_ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** RFC 1951, 3.2.7. */
function readDynamicCodes(): i32 {
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const lengths = take(4) + 4;
  if (literals > 286 || distances > 30) return BAD_CODE_LENGTHS;
  memory.fill(CODE_LENGTHS, 0, 19);
  for (let index: u32 = 0; index < lengths; index++) {
    refill();
    store<u8>(CODE_LENGTHS + load<u8>(LENGTHS_ORDER + index), <u8>take(3));
  }
  if (!buildLengths(CODE_LENGTHS, 19)) return BAD_CODE_LENGTHS;
  if (!readCodeLengths(literals + distances)) return BAD_CODE_LENGTHS;
  const isSound = buildLiterals(CODE_LENGTHS, literals) && buildDistances(CODE_LENGTHS + literals, distances);
  return isSound ? GO_ON : BAD_CODE_LENGTHS;
}

function readCodeLengths(total: u32): bool {
  for (let index: u32 = 0; index < total; ) {
    refill();
    const entry = load<u32>(LENGTHS + ((<usize>bits & ((1 << LENGTHS_BITS) - 1)) << 2));
    if (entry & EXCEPTION) return false;
    take(entry & 0xff);
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(CODE_LENGTHS + index, <u8>symbol);
      index++;
      continue;
    }
    if (symbol === 16 && index === 0) return false;
    const length: u8 = symbol === 16 ? load<u8>(CODE_LENGTHS + index - 1) : 0;
    const times: u32 = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
    if (index + times > total) return false;
    memory.fill(CODE_LENGTHS + index, length, times);
    index += times;
  }
  return true;
}

/** Afterwards the buffer has at least 56 bits. */
function refill(): void {
  bits |= load<u64>(inputAt) << bitCount;
  inputAt += <usize>((63 - bitCount) >> 3);
  bitCount |= 56;
}

function take(count: u32): u32 {
  const value = <u32>bits & ((1 << count) - 1);
  bits >>= <u64>count;
  bitCount -= <u64>count;
  return value;
}

/** Gives back whole bytes that were read and not used: they belong to what follows, which may not be this stream. */
function giveBytesBack(): void {
  inputAt -= <usize>(bitCount >> 3);
  bitCount &= 7;
  bits &= ((<u64>1) << bitCount) - 1;
}

/**
 * The inner loop. It is fast for three reasons: it reads eight bytes at a time, and reads those that do not fit again next time; it looks up the
 * next entry while it copies a match; it copies matches in blocks that may write beyond their end, where the next output will go. Only the
 * lowest six bits of `count` are the number of bits; shifts ignore the others.
 */
function inflateBlock(inputLimit: usize): i32 {
  const outputLimit = OUTPUT + OUTPUT_CAPACITY - OUTPUT_MARGIN;
  const start = historyStart;
  let input = inputAt;
  let output = outputAt;
  let buffer = bits;
  let count = bitCount;
  let status = GO_ON;
  buffer |= load<u64>(input) << count;
  input += 7 - <usize>((count >> 3) & 7);
  count |= 56;
  let entry = firstEntry(LITERALS, LITERALS_BITS, buffer);
  for (;;) {
    if (output > outputLimit) {
      status = OUTPUT_FULL;
      break;
    }
    if (input > inputLimit) {
      status = NEEDS_INPUT;
      break;
    }
    // Of 56 bits, two literals take at most 22, and what follows them 20.
    if (isLiteral(entry)) {
      store<u8>(output++, <u8>(entry >> 16));
      buffer >>= <u64>entry;
      count -= entry;
      entry = firstEntry(LITERALS, LITERALS_BITS, buffer);
      if (isLiteral(entry)) {
        store<u8>(output++, <u8>(entry >> 16));
        buffer >>= <u64>entry;
        count -= entry;
        entry = firstEntry(LITERALS, LITERALS_BITS, buffer);
      }
    }
    if (hasSecond(entry)) {
      buffer >>= <u64>LITERALS_BITS;
      count -= LITERALS_BITS;
      entry = secondEntry(LITERALS, entry, buffer);
    }
    if (isLiteral(entry)) {
      store<u8>(output++, <u8>(entry >> 16));
      buffer >>= <u64>entry;
      count -= entry;
      buffer |= load<u64>(input) << count;
      input += 7 - <usize>((count >> 3) & 7);
      count |= 56;
      entry = firstEntry(LITERALS, LITERALS_BITS, buffer);
      continue;
    }
    if (entry & EXCEPTION) {
      buffer >>= <u64>entry;
      count -= entry;
      status = endBlock(entry);
      break;
    }
    const length = value(entry, buffer);
    buffer >>= <u64>entry;
    count -= entry;

    buffer |= load<u64>(input) << count;
    input += 7 - <usize>((count >> 3) & 7);
    count |= 56;
    entry = firstEntry(DISTANCES, DISTANCES_BITS, buffer);
    if (hasSecond(entry)) {
      buffer >>= <u64>DISTANCES_BITS;
      count -= DISTANCES_BITS;
      entry = secondEntry(DISTANCES, entry, buffer);
    }
    const distance = value(entry, buffer);
    buffer >>= <u64>entry;
    count -= entry;
    status = checkDistance(entry, distance, output - start);
    if (status !== GO_ON) break;
    buffer |= load<u64>(input) << count;
    input += 7 - <usize>((count >> 3) & 7);
    count |= 56;
    entry = firstEntry(LITERALS, LITERALS_BITS, buffer);
    copyMatch(output, distance, length);
    output += length;
  }
  inputAt = input;
  outputAt = output;
  bitCount = count & 63;
  bits = buffer & (((<u64>1) << bitCount) - 1);
  return status;
}

function endBlock(entry: u32): i32 {
  if ((entry & END_OF_BLOCK) === 0) return BAD_CODE;
  phase = Phase.BlockHeader;
  return GO_ON;
}

function checkDistance(entry: u32, distance: usize, longest: usize): i32 {
  if (entry & EXCEPTION) return BAD_CODE;
  return distance > longest ? BAD_DISTANCE : GO_ON;
}

function firstEntry(table: usize, tableBits: u32, buffer: u64): u32 {
  return load<u32>(table + ((<usize>buffer & ((1 << tableBits) - 1)) << 2));
}

function secondEntry(table: usize, entry: u32, buffer: u64): u32 {
  const index = (entry >> 16) + (<u32>buffer & ((1 << ((entry >> 8) & 15)) - 1));
  return load<u32>(table + ((<usize>index) << 2));
}

function hasSecond(entry: u32): bool {
  return (entry & SECOND_TABLE) !== 0;
}

function isLiteral(entry: u32): bool {
  return <i32>entry < 0;
}

/** The base of an entry and the extra bits behind its code. */
function value(entry: u32, buffer: u64): usize {
  const extraBits = <u32>buffer & ((1 << (entry & 0xff)) - 1);
  return <usize>((entry >> 16) + (extraBits >> ((entry >> 8) & 15)));
}

function copyMatch(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  let from = to - distance;
  if (distance >= 8) {
    do {
      store<u64>(to, load<u64>(from));
      store<u64>(to, load<u64>(from, 8), 8);
      to += 16;
      from += 16;
    } while (to < end);
  } else if (distance === 1) {
    let run = <u64>load<u8>(from);
    run |= run << 8;
    run |= run << 16;
    run |= run << 32;
    do {
      store<u64>(to, run);
      store<u64>(to, run, 8);
      to += 16;
    } while (to < end);
  } else {
    do {
      store<u8>(to++, load<u8>(from++));
    } while (to < end);
  }
}

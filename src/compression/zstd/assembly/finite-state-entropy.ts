// Tables of Finite State Entropy (RFC 8878, 4.1). The entry of a state has its symbol (bits 0 to 7), how many bits are read for the next state
// (8 to 15), and what is added to these (16 and above).
import { end, moveTo, need, numberAt, position } from './block-input';
import { BAD_TABLE, corrupt, TABLE_TOO_LARGE } from './corrupt';
import { PARTS, STATES, SYMBOLS } from './memory-map';

/** How many symbols the probabilities in PARTS are for. */
let count: i32 = 0;

/** Begins a list of probabilities; those that follow are the parts of the symbols 0, 1, … of 2^accuracy, and -1 is less than one part. */
export function startParts(): void {
  count = 0;
}

export function addPart(part: i32, times: i32): void {
  for (const stop = count + times; count < stop; count++) store<i16>(placeOfPart(count), <i16>part);
}

function placeOfPart(symbol: i32): usize {
  return PARTS + ((<usize>symbol) << 1);
}

function part(symbol: i32): i32 {
  return load<i16>(placeOfPart(symbol));
}

/** Reads the description of a table (RFC 8878, 4.1.1) into PARTS, and moves the input behind it. Returns its accuracy. */
export function readParts(maxAccuracy: i32, maxSymbol: i32): i32 {
  let at = position * 8;
  const accuracy = numberAt(at, 4) + 5;
  at += 4;
  if (accuracy > maxAccuracy) corrupt(TABLE_TOO_LARGE);
  startParts();
  let left = 1 << accuracy;
  while (left > 0) {
    if (count > maxSymbol || at > end * 8) corrupt(BAD_TABLE);
    const width = 32 - clz(left + 1);
    const spare = (1 << width) - 2 - left;
    const all = numberAt(at, width);
    const short = all & ((1 << (width - 1)) - 1);
    // The `spare` lowest values need one bit less; the highest ones close the gap that they leave.
    const isShort = short < spare;
    at += isShort ? width - 1 : width;
    const value = isShort ? short : all >= 1 << (width - 1) ? all - spare : all;
    addPart(value - 1, 1);
    left -= abs(value - 1);
    if (value === 1) at = readZeros(at, maxSymbol);
  }
  if (left < 0 || count > maxSymbol + 1) corrupt(BAD_TABLE);
  moveTo((at + 7) >> 3);
  need(0);
  return accuracy;
}

/** After a probability of zero, two bits say how many more zeros follow; three of them are followed by two more bits. */
function readZeros(at: i32, maxSymbol: i32): i32 {
  for (let more = true; more; at += 2) {
    const zeros = numberAt(at, 2);
    addPart(0, zeros);
    more = zeros === 3 && count <= maxSymbol;
  }
  return at;
}

/** Builds the table of the probabilities in PARTS, in STATES. */
export function buildStates(accuracy: i32): void {
  const size = 1 << accuracy;
  spreadSymbols(size);
  for (let state = 0; state < size; state++) {
    const symbol = <i32>load<u8>(SYMBOLS + state);
    const next = abs(part(symbol));
    // The part of a symbol becomes the number of the state that it gets next.
    store<i16>(placeOfPart(symbol), <i16>(next + 1));
    const bits = accuracy - (31 - clz(next));
    store<u32>(STATES + ((<usize>state) << 2), (((next << bits) - size) << 16) | (bits << 8) | symbol);
  }
}

/** Spreads the symbols over the states (RFC 8878, 4.1.1, "From normalized distribution to decoding tables"). */
function spreadSymbols(size: i32): void {
  let high = size;
  for (let symbol = 0; symbol < count; symbol++) if (part(symbol) === -1) store<u8>(SYMBOLS + --high, <u8>symbol);
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  for (let symbol = 0; symbol < count; symbol++) {
    for (let left = part(symbol); left > 0; left--) {
      store<u8>(SYMBOLS + place, <u8>symbol);
      do place = (place + step) & (size - 1);
      while (place >= high);
    }
  }
}

export function stateEntry(state: i32): u32 {
  return load<u32>(STATES + ((<usize>state) << 2));
}

import { type BlockInput, lastBit } from './block-input.js';
import { corrupt } from './corrupt.js';
import { LITERAL_LENGTHS, MATCH_LENGTHS, OFFSETS, readSequenceTable, type SequenceTable } from './sequence-tables.js';
import type { Window } from './window.js';

/** Longer copies use copyWithin; for shorter ones, writing words is faster. */
const LONG = 48;

interface Tables {
  readonly literalLengths: SequenceTable;
  readonly offsets: SequenceTable;
  readonly matchLengths: SequenceTable;
}

/** Reads and carries out the sequences section of a block (RFC 8878, 3.1.1.3.2). Tables and recent offsets are kept within a frame. */
export class SequencesDecoder {
  #tables: Partial<Tables> = {};
  readonly #recent = Int32Array.of(1, 4, 8);

  reset(): void {
    this.#tables = {};
    this.#recent.set([1, 4, 8]);
  }

  /** Appends the block's bytes to the window: at most `limit`, of which `literals` come from the window's region for them. */
  decode(input: BlockInput, window: Window, literals: number, limit: number): void {
    const stop = window.position + limit;
    const count = readCount(input);
    if (count === 0 && input.position !== input.end) throw corrupt('something follows the end of a block');
    const used = count === 0 ? 0 : execute(this.#readTables(input), this.#recent, input, count, window, literals, stop);
    const rest = literals - used;
    if (window.position + rest > stop) throw corrupt('a block is too large');
    window.bytes.copyWithin(window.position, window.literals + used, window.literals + literals);
    window.position += rest;
  }

  #readTables(input: BlockInput): Tables {
    const modes = input.byte();
    if ((modes & 3) !== 0) throw corrupt('a reserved bit is set');
    const old = this.#tables;
    const literalLengths = readSequenceTable(modes >> 6, LITERAL_LENGTHS, old.literalLengths, input);
    const offsets = readSequenceTable((modes >> 4) & 3, OFFSETS, old.offsets, input);
    const matchLengths = readSequenceTable((modes >> 2) & 3, MATCH_LENGTHS, old.matchLengths, input);
    const tables = { literalLengths, offsets, matchLengths };
    this.#tables = tables;
    return tables;
  }
}

function readCount(input: BlockInput): number {
  const first = input.byte();
  if (first < 128) return first;
  return first < 255 ? ((first - 128) << 8) | input.byte() : 0x7f00 + input.uint(2);
}

/**
 * Carries out `count` sequences, each a run of literals and a match; returns the number of literals used. This is where most of
 * the time is spent; this is why it is one loop over local variables, in which every read of bits is a single load (25 bits at least).
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: cut into functions, its state would have to live in objects
function execute(
  { literalLengths, offsets, matchLengths }: Tables,
  recent: Int32Array,
  input: BlockInput,
  count: number,
  window: Window,
  literals: number,
  stop: number,
): number {
  const { bytes, view, windowSize } = window;
  const llStates = literalLengths.states;
  const llValues = literalLengths.values;
  const ofStates = offsets.states;
  const ofValues = offsets.values;
  const mlStates = matchLengths.states;
  const mlValues = matchLengths.values;
  const bits = input.view;
  const first = input.position * 8;
  let at = lastBit(input, input.position, input.end) - literalLengths.accuracy;
  let llState = input.bits(at) & ((1 << literalLengths.accuracy) - 1);
  at -= offsets.accuracy;
  let ofState = input.bits(at) & ((1 << offsets.accuracy) - 1);
  at -= matchLengths.accuracy;
  let mlState = input.bits(at) & ((1 << matchLengths.accuracy) - 1);

  let recent1 = recent[0] as number;
  let recent2 = recent[1] as number;
  let recent3 = recent[2] as number;
  let position = window.position;
  const reach = window.history - position;
  let literal = window.literals;
  const literalStop = literal + literals;

  for (let left = count; left > 0; left--) {
    const llEntry = llStates[llState] as number;
    const ofEntry = ofStates[ofState] as number;
    const mlEntry = mlStates[mlState] as number;

    const ofBits = ofEntry & 0xff;
    const mlBits = mlEntry & 0xff;
    const llBits = llEntry & 0xff;
    let code = ofValues[ofState] as number;
    let length = mlValues[mlState] as number;
    let run = llValues[llState] as number;
    if (ofBits + mlBits + llBits <= 25) {
      at -= ofBits + mlBits + llBits;
      const all = bits.getInt32(at >> 3, true) >>> (at & 7);
      code += (all >>> (mlBits + llBits)) & ((1 << ofBits) - 1);
      length += (all >>> llBits) & ((1 << mlBits) - 1);
      run += all & ((1 << llBits) - 1);
    } else {
      at -= ofBits;
      if (ofBits <= 24) code += input.bits(at) & ((1 << ofBits) - 1);
      else code += (input.bits(at) & 0xffff) + ((input.bits(at + 16) & ((1 << (ofBits - 16)) - 1)) << 16);
      at -= mlBits;
      length += input.bits(at) & ((1 << mlBits) - 1);
      at -= llBits;
      run += input.bits(at) & ((1 << llBits) - 1);
    }

    if (left > 1) {
      const llNext = (llEntry >> 8) & 0xff;
      const mlNext = (mlEntry >> 8) & 0xff;
      const ofNext = (ofEntry >> 8) & 0xff;
      at -= llNext + mlNext;
      const both = bits.getInt32(at >> 3, true) >>> (at & 7);
      mlState = (mlEntry >> 16) + (both & ((1 << mlNext) - 1));
      llState = (llEntry >> 16) + ((both >>> mlNext) & ((1 << llNext) - 1));
      at -= ofNext;
      ofState = (ofEntry >> 16) + ((bits.getInt32(at >> 3, true) >>> (at & 7)) & ((1 << ofNext) - 1));
    }
    if (at < first) throw corrupt('the sequences of a block are too short');

    // RFC 8878, 3.1.1.5: codes 1 to 3 stand for recent offsets, shifted by one after an empty run.
    let offset = code - 3;
    if (offset > 0) {
      recent3 = recent2;
      recent2 = recent1;
      recent1 = offset;
    } else {
      const which = run === 0 ? code + 1 : code;
      offset = which === 1 ? recent1 : which === 2 ? recent2 : which === 3 ? recent3 : recent1 - 1 || 1;
      if (which > 1) {
        if (which > 2) recent3 = recent2;
        recent2 = recent1;
        recent1 = offset;
      }
    }

    if (literal + run > literalStop) throw corrupt('a block uses more literals than it has');
    if (position + run + length > stop) throw corrupt('a block is too large');
    // Most runs and matches are short: a fixed number of words, mostly too many, costs less than a loop that ends at random.
    view.setInt32(position, view.getInt32(literal, true), true);
    view.setInt32(position + 4, view.getInt32(literal + 4, true), true);
    if (run > LONG) bytes.copyWithin(position + 8, literal + 8, literal + run);
    else for (let i = 8; i < run; i += 4) view.setInt32(position + i, view.getInt32(literal + i, true), true);
    position += run;
    literal += run;

    if (offset > windowSize || offset > reach + position) throw corrupt('a match reaches back too far');
    if (offset > position) {
      const before = window.lapEnd + position - offset;
      const old = Math.min(length, offset - position);
      bytes.copyWithin(position, before, before + old);
      position += old;
      length -= old;
      if (length === 0) continue;
    }
    const from = position - offset;
    if (offset >= 4) {
      view.setInt32(position, view.getInt32(from, true), true);
      view.setInt32(position + 4, view.getInt32(from + 4, true), true);
      view.setInt32(position + 8, view.getInt32(from + 8, true), true);
      view.setInt32(position + 12, view.getInt32(from + 12, true), true);
      if (length > 16) {
        if (length > LONG && offset >= length) bytes.copyWithin(position + 16, from + 16, from + length);
        else for (let i = 16; i < length; i += 4) view.setInt32(position + i, view.getInt32(from + i, true), true);
      }
    } else {
      for (let i = 0; i < length; i++) bytes[position + i] = bytes[from + i] as number;
    }
    position += length;
  }

  if (at !== first) throw corrupt('the sequences of a block have the wrong length');
  recent[0] = recent1;
  recent[1] = recent2;
  recent[2] = recent3;
  window.position = position;
  return literal - window.literals;
}

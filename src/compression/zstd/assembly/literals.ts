// The literals section of a block (RFC 8878, 3.1.1.3.1).
import { bitsAt, moveTo, need, numberAt, peekByte, position, takeBytes } from './block-input';
import { corrupt, LITERALS_TOO_FEW, LITERALS_TOO_MANY, NO_TREE, STREAM_TOO_LONG, TREE_TOO_LONG } from './corrupt';
import { codeBits, decodeFourStreams, decodeStream, readTree } from './huffman';
import { INPUT } from './memory-map';
import { literals } from './window';

const RAW: i32 = 0;
const REPEATED: i32 = 1;
const TREELESS: i32 = 3;

/** Decodes the literals into the region for them, and moves the input behind them. Returns their number, at most `limit`. */
export function decodeLiterals(limit: i32): i32 {
  const header = peekByte();
  const kind = header & 3;
  const format = (header >> 2) & 3;
  return kind === RAW || kind === REPEATED ? takePlain(kind, format, limit) : decodeCodes(kind, format, limit);
}

function takePlain(kind: i32, format: i32, limit: i32): i32 {
  const size = format === 1 ? takeBytes(2) >> 4 : format === 3 ? takeBytes(3) >> 4 : takeBytes(1) >> 3;
  if (size > limit) corrupt(LITERALS_TOO_MANY);
  if (kind === REPEATED) {
    memory.fill(literals, <u8>takeBytes(1), size);
    return size;
  }
  need(size);
  memory.copy(literals, INPUT + position, size);
  moveTo(position + size);
  return size;
}

function decodeCodes(kind: i32, format: i32, limit: i32): i32 {
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  const length = format < 2 ? 3 : format === 2 ? 4 : 5;
  need(length);
  const sizes = bitsAt(position * 8 + 4);
  const mask: u64 = ((<u64>1) << width) - 1;
  const size = <i32>(sizes & mask);
  const compressed = <i32>((sizes >> width) & mask);
  moveTo(position + length);
  if (size > limit) corrupt(LITERALS_TOO_MANY);
  need(compressed);
  const stop = position + compressed;
  if (kind !== TREELESS) readTree();
  if (codeBits === 0) corrupt(NO_TREE);
  if (position > stop) corrupt(TREE_TOO_LONG);
  if (format === 0) decodeStream(position, stop, literals, size);
  else decodeFour(stop, size);
  moveTo(stop);
  return size;
}

/** The literals in four parts, of equal length except for the last one, each with a stream of its own. */
function decodeFour(stop: i32, size: i32): void {
  need(6);
  const start = position + 6;
  const end1 = start + numberAt(position * 8, 16);
  const end2 = end1 + numberAt(position * 8 + 16, 16);
  const end3 = end2 + numberAt(position * 8 + 32, 16);
  if (end3 > stop) corrupt(STREAM_TOO_LONG);
  const part = (size + 3) >> 2;
  if (3 * part > size) corrupt(LITERALS_TOO_FEW);
  decodeFourStreams(start, end1, end2, end3, stop, literals, part, size);
}

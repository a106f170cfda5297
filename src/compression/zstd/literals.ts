import { BLOCK_MAX, type BlockInput } from './block-input.js';
import { corrupt } from './corrupt.js';
import { decodeAbreast, decodeStream, type HuffmanTable, openStream, readHuffmanTable } from './huffman.js';

const RAW = 0;
const REPEATED = 1;
const TREELESS = 3;

/** Reads the literals section of a block (RFC 8878, 3.1.1.3.1); the Huffman table is kept from block to block within a frame. */
export class LiteralsDecoder {
  #table: HuffmanTable | undefined;

  /** Writes the literals to `out` from `to` on and moves the input behind them. Returns their number. */
  decode(input: BlockInput, out: Uint8Array, to: number, limit: number): number {
    const kind = (input.bytes[input.position] ?? 0) & 3;
    input.need(1);
    return kind === RAW || kind === REPEATED
      ? decodePlain(input, kind, out, to, limit)
      : this.#decodeHuffman(input, kind, out, to, limit);
  }

  reset(): void {
    this.#table = undefined;
  }

  #decodeHuffman(input: BlockInput, kind: number, out: Uint8Array, to: number, limit: number): number {
    const { isFourfold, regenerated, compressed } = readSizes(input);
    checkSize(regenerated, limit);
    input.need(compressed);
    const end = input.position + compressed;
    if (kind !== TREELESS) this.#table = readHuffmanTable(input);
    if (!this.#table) throw corrupt('literals refer to a Huffman tree that was never given');
    if (input.position > end) throw corrupt('a Huffman tree is longer than its section');
    if (isFourfold) decodeFour(this.#table, input, end, out, to, regenerated);
    else decodeStream(this.#table, input, openStream(input, input.position, end, to, regenerated), out);
    input.position = end;
    return regenerated;
  }
}

function decodePlain(input: BlockInput, kind: number, out: Uint8Array, to: number, limit: number): number {
  const format = ((input.bytes[input.position] ?? 0) >> 2) & 3;
  const size = format === 1 ? input.uint(2) >> 4 : format === 3 ? input.uint(3) >> 4 : input.byte() >> 3;
  checkSize(size, limit);
  if (kind === REPEATED) {
    out.fill(input.byte(), to, to + size);
    return size;
  }
  input.need(size);
  out.set(input.bytes.subarray(input.position, input.position + size), to);
  input.position += size;
  return size;
}

/** The literals in four parts, of equal length except for the last one, each with a stream of its own. */
function decodeFour(
  table: HuffmanTable,
  input: BlockInput,
  end: number,
  out: Uint8Array,
  to: number,
  count: number,
): void {
  const lengths = [input.uint(2), input.uint(2), input.uint(2)] as const;
  const start1 = input.position;
  const start2 = start1 + lengths[0];
  const start3 = start2 + lengths[1];
  const start4 = start3 + lengths[2];
  if (start4 > end) throw corrupt('a stream of literals is longer than its section');
  const part = (count + 3) >> 2;
  if (3 * part > count) throw corrupt('literals are too few for four streams');
  const streams = [
    openStream(input, start1, start2, to, part),
    openStream(input, start2, start3, to + part, part),
    openStream(input, start3, start4, to + 2 * part, part),
    openStream(input, start4, end, to + 3 * part, count - 3 * part),
  ] as const;
  decodeAbreast(table, input, streams, out);
  for (const stream of streams) decodeStream(table, input, stream, out);
}

function readSizes(input: BlockInput): { isFourfold: boolean; regenerated: number; compressed: number } {
  const format = ((input.bytes[input.position] ?? 0) >> 2) & 3;
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  const length = format < 2 ? 3 : format === 2 ? 4 : 5;
  input.need(length);
  const at = input.position * 8 + 4;
  input.position += length;
  const mask = (1 << width) - 1;
  return { isFourfold: format !== 0, regenerated: input.bits(at) & mask, compressed: input.bits(at + width) & mask };
}

function checkSize(size: number, limit: number): void {
  if (size > Math.min(limit, BLOCK_MAX)) throw corrupt('a block has too many literals');
}

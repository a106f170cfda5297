import { TruncatedLayerError } from '../format/compression.js';
import { wasm } from './assembly/block.wasm';
import { corrupt } from './corrupt.js';

/** What the module of `assembly/block.ts` exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  inputAddress(): number;
  outputEnd(): number;
  reserve(capacity: number): number;
  startFrame(windowSize: number): void;
  writeRaw(length: number): number;
  writeRepeated(length: number): number;
  decompress(length: number): number;
}

/** What is wrong with a frame, by the numbers of `assembly/corrupt.ts`. */
const PROBLEMS = [
  'a block is too short for what it announces',
  'a block is too large',
  'a bit stream has no end mark',
  'something follows the end of a block',
  'a reserved bit is set',
  'a table has a code that does not exist',
  'a table of states is too large',
  'a table of states is malformed',
  'a block refers to a table that was never given',
  'a Huffman tree is malformed',
  'a Huffman tree is longer than its section',
  'literals refer to a Huffman tree that was never given',
  'a block has too many literals',
  'literals are too few for four streams',
  'a stream of literals is longer than its section',
  'a stream of literals is too short',
  'a stream of literals has the wrong length',
  'the sequences of a block are too short',
  'the sequences of a block have the wrong length',
  'a block uses more literals than it has',
  'a match reaches back too far',
  'a Huffman tree is incomplete',
  'a Huffman tree has too many symbols',
];

const IMPORTS = {
  corrupt: {
    corrupt(problem: number): never {
      throw corrupt(PROBLEMS[problem] ?? 'a block is malformed');
    },
  },
};

export const BLOCK_HEADER = 3;
/** No block is larger, compressed or not (RFC 8878, 3.1.1.2.3). */
const BLOCK_MAX = 128 * 1024;

const RAW = 0;
const REPEATED = 1;
const COMPRESSED = 2;

/** The three bytes in front of a block (RFC 8878, 3.1.1.2): `stored` bytes follow, 128 KiB at most. */
export interface BlockHeader {
  readonly isLast: boolean;
  readonly type: number;
  readonly size: number;
  readonly stored: number;
}

export function readBlockHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.length < BLOCK_HEADER) throw new TruncatedLayerError('zstd');
  const value = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16);
  const type = (value >> 1) & 3;
  const size = value >> 3;
  if (size > BLOCK_MAX) throw corrupt('a block is too large');
  return { isLast: (value & 1) === 1, type, size, stored: type === REPEATED ? 1 : size };
}

/**
 * Decodes the blocks of frames one after the other, on the calling thread and without waiting. Its memory is as large as the largest window so far, and
 * 1 MiB more.
 */
export class BlockDecoder {
  private static compiled: WebAssembly.Module | undefined;

  private readonly module: Exports;
  private memory: Uint8Array;
  private limit = 0;

  constructor() {
    BlockDecoder.compiled ??= new WebAssembly.Module(wasm);
    const exports: unknown = new WebAssembly.Instance(BlockDecoder.compiled, IMPORTS).exports;
    this.module = exports as Exports;
    this.memory = new Uint8Array(this.module.memory.buffer);
  }

  /**
   * Begins a frame.
   *
   * @param windowSize how far back its matches may reach, in bytes
   * @param capacity how many bytes are kept: the window, or all of the content when that is less
   */
  startFrame(windowSize: number, capacity: number): void {
    if (this.module.reserve(capacity) === 0) throw new RangeError(`no memory for a window of ${capacity} bytes`);
    // The memory may have been moved to grow.
    this.memory = new Uint8Array(this.module.memory.buffer);
    this.module.startFrame(windowSize);
    this.limit = Math.min(BLOCK_MAX, windowSize);
  }

  /** The block's bytes, which stay as they are until the next one is decoded. Throws a CorruptLayerError. */
  decode({ type, size }: BlockHeader, stored: Uint8Array): Uint8Array {
    if (size > this.limit) throw corrupt('a block is too large');
    this.memory.set(stored, this.module.inputAddress());
    const start = this.write(type, size);
    return this.memory.subarray(start, this.module.outputEnd());
  }

  private write(type: number, size: number): number {
    if (type === COMPRESSED) return this.module.decompress(size);
    if (type === RAW) return this.module.writeRaw(size);
    if (type === REPEATED) return this.module.writeRepeated(size);
    throw corrupt('a block has a type that does not exist');
  }
}

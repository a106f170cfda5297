import { CorruptLayerError, TruncatedLayerError } from '../format/compression.js';
import { wasm } from './assembly/inflate.wasm';

/** What the module of `assembly/inflate.ts` exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  inputAddress(): number;
  inputCapacity(): number;
  outputAddress(): number;
  outputPosition(): number;
  inputUsed(): number;
  begin(): void;
  emptyOutput(): void;
  inflate(length: number, isLast: number): number;
}

/** What `assembly/inflate.ts` stops at, in its numbers. */
const NEEDS_INPUT = 0;
const OUTPUT_FULL = 1;
const END_OF_STREAM = 2;
const PROBLEMS: Readonly<Record<number, string>> = {
  3: 'a block is of no known type',
  4: 'a stored block contradicts its length',
  5: 'the code of a block is not valid',
  6: 'a code that does not exist',
  7: 'a distance reaches back too far',
};

/** The result for some input: how many bytes of it were used, and their output, which is valid until the next call. */
export interface Inflated {
  readonly used: number;
  readonly output: Uint8Array;
  readonly isEnd: boolean;
}

/**
 * Inflates streams of DEFLATE (RFC 1951), one after another, on the calling thread and without waiting. It accepts what Go's decoder, and
 * with it skopeo, accepts. Its output is collected until `takeOutput` is called. Throws a LayerFormatError.
 */
export class Inflater {
  /** The caller gives at least this many bytes at a time, unless they are the last ones. */
  static readonly ENOUGH = 512;

  /** The output must be taken before anything else can be inflated. */
  isFull = false;

  private static compiled: WebAssembly.Module | undefined;
  private static readonly idle: Inflater[] = [];

  private readonly memory: Uint8Array;
  private readonly input: number;
  private readonly inputCapacity: number;
  private readonly output: number;

  private constructor(private readonly module: Exports) {
    this.memory = new Uint8Array(module.memory.buffer);
    this.input = module.inputAddress();
    this.inputCapacity = module.inputCapacity();
    this.output = module.outputAddress();
  }

  /** A free inflater. It has 600 KiB of memory, so it must be released. */
  static acquire(): Inflater {
    return Inflater.idle.pop() ?? Inflater.create();
  }

  private static create(): Inflater {
    Inflater.compiled ??= new WebAssembly.Module(wasm);
    const exports: unknown = new WebAssembly.Instance(Inflater.compiled).exports;
    return new Inflater(exports as Exports);
  }

  release(): void {
    this.module.emptyOutput();
    Inflater.idle.push(this);
  }

  /** Begins a stream; its output follows that of the one before. */
  begin(): void {
    this.module.begin();
  }

  /** Inflates more of the stream. @param bytes what comes next, or a part of it; fewer than `ENOUGH` bytes mean that no more will come */
  inflate(bytes: Uint8Array): Inflated {
    const given = bytes.length > this.inputCapacity ? bytes.subarray(0, this.inputCapacity) : bytes;
    const isLast = bytes.length < Inflater.ENOUGH;
    const before = this.module.outputPosition();
    this.memory.set(given, this.input);
    const status = this.module.inflate(given.length, isLast ? 1 : 0);
    const used = this.module.inputUsed();
    if (used > given.length || (isLast && status === NEEDS_INPUT)) throw new TruncatedLayerError('gzip');
    const problem = PROBLEMS[status];
    if (problem !== undefined) throw new CorruptLayerError('gzip', problem);
    this.isFull = status === OUTPUT_FULL;
    const output = this.memory.subarray(before, this.module.outputPosition());
    return { used, output, isEnd: status === END_OF_STREAM };
  }

  /** All output since the last time, at most 256 KiB; valid until the next call of `inflate`. */
  takeOutput(): Uint8Array {
    const output = this.memory.subarray(this.output, this.module.outputPosition());
    this.module.emptyOutput();
    return output;
  }
}

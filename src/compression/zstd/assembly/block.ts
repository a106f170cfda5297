// The blocks of zstd frames (RFC 8878) in AssemblyScript, a TypeScript that compiles to WebAssembly. One block after the other is decoded into a window; what
// a frame and its blocks say of themselves is read in ../unzstd.ts.
import { startInput } from './block-input';
import { forgetTree } from './huffman';
import { decodeLiterals } from './literals';
import { BLOCK_MAX, INPUT } from './memory-map';
import { forgetTables } from './sequence-tables';
import { decodeSequences, forgetOffsets } from './sequences';
import { finishOutput, output, startOutput, startWindow, windowSize } from './window';

export { reserve } from './window';

export function inputAddress(): usize {
  return INPUT;
}

/** Where the block that was decoded last ends. */
export function outputEnd(): usize {
  return output;
}

/** Begins a frame, whose matches reach back `size` bytes at most. */
export function startFrame(size: usize): void {
  forgetTree();
  forgetTables();
  forgetOffsets();
  startWindow(size);
}

/** Each of these writes a block and returns where it begins; its bytes stay as they are until the next one. */
export function writeRaw(length: usize): usize {
  const start = startOutput();
  memory.copy(start, INPUT, length);
  finishOutput(start + length);
  return start;
}

export function writeRepeated(length: usize): usize {
  const start = startOutput();
  memory.fill(start, load<u8>(INPUT), length);
  finishOutput(start + length);
  return start;
}

/** @param length how many bytes of the input the block has */
export function decompress(length: usize): usize {
  const limit = min(BLOCK_MAX, windowSize);
  startInput(<i32>length);
  const start = startOutput();
  const literalCount = decodeLiterals(<i32>limit);
  finishOutput(decodeSequences(start, literalCount, limit));
  return start;
}

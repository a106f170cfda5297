// The output of a frame, as far back as matches may reach. Blocks are written one behind the other, each in one piece; when the next one might not
// fit, writing continues at the front (a new lap), and matches that reach back beyond the front continue at the end of the lap before. A region behind the
// laps has the literals of the block at hand.
import { BLOCK_MAX, OUTPUT_MARGIN } from './memory-map';

const PAGE: usize = 64 * 1024;

/** Where each lap begins: behind all that the module allocates when it starts, so that the memory can grow. */
export let front: usize = 0;
/** Where the next byte goes. */
export let output: usize = 0;
/** Where the lap before ended. */
export let lapEnd: usize = 0;
/** Where the literals of a block are put. */
export let literals: usize = 0;
/** How far back the matches of this frame may reach. */
export let windowSize: usize = 0;
/** How far back the output reaches at the start of a block. */
export let history: usize = 0;
/** From here on a block might not fit. */
let lapLimit: usize = 0;

/** Makes room for a frame; returns whether there is enough memory. @param capacity how many bytes are kept: a window, or all of the content when that is less */
export function reserve(capacity: usize): bool {
  if (front === 0) front = <usize>memory.size() * PAGE;
  // At the start of a lap the one before must still have a whole window behind what a block overwrites.
  const limit = front + capacity + OUTPUT_MARGIN;
  if (limit <= lapLimit) return true;
  const stop = limit + 2 * (BLOCK_MAX + OUTPUT_MARGIN);
  const pages = <i32>((stop + PAGE - 1) / PAGE) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) return false;
  lapLimit = limit;
  literals = limit + BLOCK_MAX + OUTPUT_MARGIN;
  return true;
}

export function startWindow(size: usize): void {
  windowSize = size;
  output = front;
  lapEnd = front;
  history = 0;
}

/** Makes room for a block, and returns where it begins. */
export function startOutput(): usize {
  if (output >= lapLimit) {
    lapEnd = output;
    output = front;
  }
  return output;
}

/** Takes what was written up to `stop` as the block's bytes. */
export function finishOutput(stop: usize): void {
  history = min(history + (stop - output), windowSize);
  output = stop;
}

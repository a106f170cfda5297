import { setImmediate as nextTurn } from 'node:timers/promises';

/** Runs some work and gives what it returns. */
export type RunWork = <Result>(work: () => Result) => Result;

let run: RunWork = (work) => work();
let isRunning = false;

/**
 * Sets how `heavyWork` runs its work. A program that handles signals, to clean up before it ends, removes its handlers during the work: they
 * could not run before the work is done.
 */
export function runHeavyWorkBy(runWork: RunWork): void {
  run = runWork;
}

/** Work on less than this is over in a moment, in bytes or characters. */
const HEAVY = 256 * 1024;

/**
 * Synchronous work that may take long, such as to parse a large file. When the program ends in the middle of it, nothing must be left behind.
 *
 * @param size the bytes or characters to work on, where the time depends on them. Work on few of them is done without this care: a signal
 *   that has come since the program last waited is lost when the handlers are removed, and a run with thousands of small pieces would lose most of them.
 */
export function heavyWork<Result>(work: () => Result, size: number = Number.POSITIVE_INFINITY): Result {
  if (isRunning || size < HEAVY) return work();
  isRunning = true;
  try {
    return run(work);
  } finally {
    isRunning = false;
  }
}

/**
 * The same for a caller that can wait: a signal that came since the program last waited is heard first, because it would be lost when the
 * handlers are removed. Throws the reason of the interruption.
 */
export async function heavyWorkNext<Result>(signal: AbortSignal | undefined, work: () => Result): Promise<Result> {
  // After one turn, what came before that turn began is heard; after the second, also what came while modules were loaded in it.
  await nextTurn();
  await nextTurn();
  signal?.throwIfAborted();
  return heavyWork(work);
}

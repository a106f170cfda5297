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

/** Synchronous work that may take long, such as to parse a large file. When the program ends in the middle of it, nothing must be left behind. */
export function heavyWork<Result>(work: () => Result): Result {
  if (isRunning) return work();
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

/** Runs some work and gives what it returns. */
export type RunWork = <Result>(work: () => Result) => Result;

let run: RunWork = (work) => work();
let isRunning = false;

/**
 * Says how `heavyWork` runs. A program that ends by itself on a signal, once it has cleaned up, gives up that handling meanwhile: its
 * handler could not run before the work is done.
 */
export function runHeavyWorkBy(runWork: RunWork): void {
  run = runWork;
}

/** Synchronous work that may take long, such as to parse a large file. An end in the middle of it must leave nothing behind. */
export function heavyWork<Result>(work: () => Result): Result {
  if (isRunning) return work();
  isRunning = true;
  try {
    return run(work);
  } finally {
    isRunning = false;
  }
}

import type { SourceRange } from './value.js';

// A step is the evaluation of one expression, or work that takes as long. A pin of an ordinary file costs a hundred of them on all systems together.
const STEPS = 3_000_000;
const STEPS_A_CHARACTER = 2;
const MOST_STEPS = 12_000_000;

/** Counts the work that one file costs, on all systems together, and says when it is too much. After that it says so for ever. */
export class Budget {
  /** Where the work was when the budget ended. */
  endedAt: SourceRange | undefined;
  private left: number;

  /** @param length how many characters the file has: a large file may cost more */
  constructor(length: number) {
    this.left = Math.min(STEPS + STEPS_A_CHARACTER * length, MOST_STEPS);
  }

  get isSpent(): boolean {
    return this.left < 0;
  }

  /** Counts work. False when there has been too much by now. */
  spend(steps: number): boolean {
    this.left -= steps;
    return this.left >= 0;
  }

  /** The same for work at a place. */
  spendAt(where: () => SourceRange, steps: number): boolean {
    if (this.spend(steps)) return true;
    this.endedAt ??= where();
    return false;
  }
}

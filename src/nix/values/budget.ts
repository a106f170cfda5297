import type { SourceRange } from './value.js';

/** How many characters are read or copied, parsed, or searched with a pattern in the time of one step. */
export const CHARACTERS_A_STEP = { read: 64, parsed: 32, searched: 256 } as const;

// A step is the evaluation of one expression, or other work that takes as long. In an ordinary file, a pin costs about a hundred steps for all
// systems together.
const STEPS = 3_000_000;
const STEPS_A_CHARACTER = 2;
const MOST_STEPS = 12_000_000;

/** Limits the work for one file, for all systems together, whatever the file contains. A spent budget stays spent. */
export class Budget {
  /** The expression that was evaluated when the budget ran out. */
  endedAt: SourceRange | undefined;
  private left: number;

  /** @param length the number of characters in the file: a longer file gets more steps */
  constructor(length: number) {
    this.left = Math.min(STEPS + STEPS_A_CHARACTER * length, MOST_STEPS);
  }

  get isSpent(): boolean {
    return this.left < 0;
  }

  /** Counts work. Returns false when the budget is spent. */
  spend(steps: number): boolean {
    this.left -= steps;
    return this.left >= 0;
  }

  /** Counts work at a place, and remembers the place where the budget ran out. */
  spendAt(where: () => SourceRange, steps: number): boolean {
    if (this.spend(steps)) return true;
    this.endedAt ??= where();
    return false;
  }
}

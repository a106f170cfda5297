import type { Context, Output } from './context.js';
import { cut } from './table.js';

/** Milliseconds between two drawings. */
const PERIOD = 100;

/** Lines at the bottom of a terminal that change while work is in progress. */
export interface LiveLines {
  /** Reports that the lines may have changed. */
  changed(): void;
  /** Clears the lines until something changes. */
  clear(): void;
  /** Stops the drawing for good. */
  stop(): void;
}

/** Draws on stderr when it is a terminal and the lines are wanted; otherwise nothing happens. */
export function createLiveLines(
  { stderr, environment }: Pick<Context, 'stderr' | 'environment'>,
  isWanted: boolean,
  lines: () => readonly string[],
): LiveLines {
  const isDrawn = isWanted && stderr.isTTY === true && environment['TERM'] !== 'dumb' && !environment['CI'];
  return isDrawn ? new TerminalLines(stderr, lines) : { changed: () => {}, clear: () => {}, stop: () => {} };
}

class TerminalLines implements LiveLines {
  private drawn = 0;
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly terminal: Output,
    private readonly lines: () => readonly string[],
  ) {}

  changed(): void {
    // Aborted work may still report progress.
    if (this.isStopped) return;
    // The timer must not keep the program alive.
    this.timer ??= setTimeout(() => this.draw(), PERIOD).unref();
  }

  clear(): void {
    if (this.drawn > 0) this.terminal.write(`\r\u001b[${this.drawn}A\u001b[J`);
    this.drawn = 0;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.clear();
  }

  private draw(): void {
    this.timer = undefined;
    this.clear();
    const width = (this.terminal.columns ?? 80) - 1;
    const lines = this.lines().map((line) => cut(line, width));
    this.drawn = lines.length;
    if (lines.length > 0) this.terminal.write(`${lines.join('\n')}\n`);
  }
}

import type { Descriptor } from '../index.js';
import type { Context, Output } from './context.js';
import { formatBytes } from './format.js';

/** Shows what is being downloaded, where somebody can see it. */
export interface Progress {
  /** Follows the download of one image. */
  image(name: string): ImageProgress;
  /** Takes what is shown away, until something changes. */
  clear(): void;
  /** The end: nothing is shown from here on. */
  stop(): void;
}

export interface ImageProgress {
  onProgress(blob: Descriptor, received: number): void;
  /** The image is complete, or has failed. */
  done(): void;
}

/** Draws on stderr when it is a terminal; elsewhere nothing happens. */
export function createProgress({ stderr, environment }: Context, isWanted: boolean): Progress {
  const isDrawn = isWanted && stderr.isTTY === true && environment['TERM'] !== 'dumb' && !environment['CI'];
  return isDrawn ? new TerminalProgress(stderr) : NO_PROGRESS;
}

const NO_PROGRESS: Progress = {
  image: () => ({ onProgress: () => {}, done: () => {} }),
  clear: () => {},
  stop: () => {},
};

/** Milliseconds between two drawings. */
const PERIOD = 100;
/** Layers that are shown at a time. */
const MAX_ROWS = 8;

interface Row {
  readonly image: string;
  readonly blob: Descriptor;
  received: number;
}

class TerminalProgress implements Progress {
  private readonly rows = new Map<Descriptor, Row>();
  private drawn = 0;
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly terminal: Output) {}

  image(name: string): ImageProgress {
    const own = new Set<Descriptor>();
    return {
      onProgress: (blob, received) => {
        // A download that was broken off may still have something to tell.
        if (this.isStopped) return;
        own.add(blob);
        const row = this.rows.get(blob) ?? { image: name, blob, received };
        row.received = received;
        this.rows.set(blob, row);
        // The timer must not keep the program alive.
        this.timer ??= setTimeout(() => this.draw(), PERIOD).unref();
      },
      done: () => {
        for (const blob of own) this.rows.delete(blob);
      },
    };
  }

  clear(): void {
    if (this.drawn > 0) this.terminal.write(`\u001b[${this.drawn}A\u001b[J`);
    this.drawn = 0;
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.rows.clear();
    this.clear();
  }

  private draw(): void {
    this.timer = undefined;
    this.clear();
    const loading = [...this.rows.values()].filter(({ blob, received }) => received < blob.size);
    const lines = loading.slice(0, MAX_ROWS).map((row) => describe(row, this.terminal.columns ?? 80));
    this.drawn = lines.length;
    if (lines.length > 0) this.terminal.write(`${lines.join('\n')}\n`);
  }
}

const BAR = 20;

function describe({ image, blob, received }: Row, columns: number): string {
  const filled = Math.round((received / Math.max(blob.size, 1)) * BAR);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
  const line = `${blob.digest.slice(7, 19)} ${bar} ${formatBytes(received)} of ${formatBytes(blob.size)}  ${image}`;
  return line.slice(0, columns - 1);
}

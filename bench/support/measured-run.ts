import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunOptions, run } from './run.js';

/** What one run of a program and of everything that it started cost. */
export interface Cost {
  readonly stdout: string;
  /** Wall time in seconds. */
  readonly wall: number;
  /** User and system time in seconds, in steps of 10 ms. */
  readonly cpu: number;
  /** The most that one process had resident, in bytes. */
  readonly resident: number;
  /**
   * Bytes written to files, whether they reached the disk or were deleted before: the pages that became dirty, as getrusage(2) counts them
   * in ru_oublock. Pipes and sockets do not count.
   */
  readonly written: number;
}

/** Runs a program under GNU time. `folder` takes the figures, and must be on a disk and not in memory, or nothing is counted as written. */
export async function measuredRun(command: readonly string[], folder: string, options: RunOptions = {}): Promise<Cost> {
  const figures = join(folder, 'time');
  const start = performance.now();
  const stdout = await run('/usr/bin/time', ['--format=%U %S %M %O', `--output=${figures}`, ...command], options);
  const wall = (performance.now() - start) / 1000;
  const [user = 0, system = 0, kibibytes = 0, blocks = 0] = readFileSync(figures, 'utf8').trim().split(' ').map(Number);
  return { stdout, wall, cpu: user + system, resident: kibibytes * 1024, written: blocks * 512 };
}

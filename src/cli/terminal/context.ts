import type { Readable, Writable } from 'node:stream';
import type { Machine } from '../../machine/machine.js';

/** A stream that people or programs read; `isTTY` when it is a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Everything that the program takes from outside: nothing else reads the process, its environment or its streams. */
export interface Context extends Machine {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

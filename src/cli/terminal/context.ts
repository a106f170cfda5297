import type { Readable, Writable } from 'node:stream';
import type { Machine } from '../../machine/machine.js';

/** A stream that people or programs read; `isTTY` when it is a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** A stream that is read; `isTTY` when it is a terminal. */
export type Input = Readable & { readonly isTTY?: boolean };

/** Everything that the program takes from the process. No other code reads the process, its environment or its streams. */
export interface Context extends Machine {
  /** Opens stdin; every call returns the same stream. It is a function because opening takes several milliseconds, and few commands read stdin. */
  stdin(): Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

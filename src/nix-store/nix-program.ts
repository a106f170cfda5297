import { printable } from '../errors.js';
import type { ProgramResult, ProgramSettings } from '../machine/run-program.js';
import { NixStoreError } from './nix-store-error.js';

/** How programs of Nix are run. */
export type NixRun = Pick<ProgramSettings, 'environment' | 'signal'>;

/** A failure in the words of the program. */
export function nixStoreError(program: string, result: ProgramResult): NixStoreError {
  return new NixStoreError(program, problemOf(result), result.failure === 'missing');
}

function problemOf({ failure, exitCode, stderr }: ProgramResult): string {
  if (failure === 'missing') return 'it is not on the PATH: install Nix, or do without its store';
  if (failure === 'forbidden') return 'it may not be run';
  const lines = stderr.toString('utf8').split('\n');
  const said = lines.findLast((line) => line.startsWith('error: ')) ?? lines.findLast((line) => line.trim() !== '');
  if (said !== undefined) return printable(said.replace(/^error: /, ''), 500);
  return exitCode === undefined ? 'it was stopped' : `it failed with exit code ${exitCode}`;
}

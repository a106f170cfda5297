import { PullpinError, printable } from '../errors.js';
import type { Environment } from '../machine/environment.js';
import { type ProgramResult, runProgram } from '../machine/run-program.js';
import { type Digest, hexOf } from '../oci/digest.js';

/** Nix is missing, or refused what was asked of its store. */
export class NixStoreError extends PullpinError {
  constructor(
    readonly program: string,
    readonly problem: string,
  ) {
    super(`${program}: ${problem}`);
  }
}

/** Where Nix runs. */
export interface NixStoreSettings {
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
}

const MAX_OUTPUT = 16 * 1024 * 1024;

/** The store of the Nix on this machine, by Nix's own programs. Each method throws a NixStoreError in Nix's own words. */
export class NixStore {
  constructor(private readonly settings: NixStoreSettings) {}

  /** Throws a NixStoreError where there is no Nix. */
  async check(): Promise<void> {
    await this.run('nix-store', ['--version']);
  }

  /** The path that a file with this hash and name has in the store, whether it is there or not. @param sha256 of the whole file */
  async pathOf(sha256: Digest, name: string): Promise<string> {
    return this.run('nix-store', ['--print-fixed-path', 'sha256', hexOf(sha256), name]);
  }

  /** Whether a path of the store is there and complete. */
  async has(path: string): Promise<boolean> {
    const result = await runProgram('nix-store', ['--check-validity', path], {
      ...this.settings,
      maxOutput: MAX_OUTPUT,
    });
    if (result.failure === 'missing') throw new NixStoreError('nix-store', problemOf(result));
    return result.failure === undefined;
  }

  /** Adds a file under its own name, as a fixed-output derivation with the hash of the file would, and returns its path in the store. */
  async addFile(file: string): Promise<string> {
    return this.run('nix-store', ['--add-fixed', 'sha256', file]);
  }

  /** Copies a path of the store into another store or a binary cache, such as `s3://cache`. */
  async copy(path: string, destination: string): Promise<void> {
    await this.run('nix', ['--extra-experimental-features', 'nix-command', 'copy', '--to', destination, path]);
  }

  private async run(program: string, args: readonly string[]): Promise<string> {
    const result = await runProgram(program, args, { ...this.settings, maxOutput: MAX_OUTPUT });
    if (result.failure === undefined) return result.stdout.toString('utf8').trim();
    throw new NixStoreError(program, problemOf(result));
  }
}

function problemOf({ failure, exitCode, stderr }: ProgramResult): string {
  if (failure === 'missing') return 'it is not on the PATH: install Nix, or do without its store';
  if (failure === 'forbidden') return 'it may not be run';
  const lines = stderr.toString('utf8').split('\n');
  const said = lines.findLast((line) => line.startsWith('error: ')) ?? lines.findLast((line) => line.trim() !== '');
  if (said !== undefined) return printable(said.replace(/^error: /, ''), 500);
  return exitCode === undefined ? 'it was stopped' : `it failed with exit code ${exitCode}`;
}

import { fromProcess, type Machine } from '../machine/machine.js';
import { type ProgramSettings, runProgram } from '../machine/run-program.js';
import { type Digest, hexOf } from '../oci/digest.js';
import { nixStoreError } from './nix-program.js';

const MAX_OUTPUT = 16 * 1024 * 1024;

/** A store of Nix. Each method throws a NixStoreError in Nix's own words. */
export interface NixStore {
  /** The path that a file with this hash and name has in the store, whether it is there or not. @param sha256 of the whole file */
  pathOf(sha256: Digest, name: string): Promise<string>;
  /** Whether a path of the store is there and complete. */
  has(path: string): Promise<boolean>;
  /** Adds a file under its own name, as a fixed-output derivation with the hash of the file would, and returns its path in the store. */
  addFile(file: string): Promise<string>;
  /** Copies a path of the store into another store or a binary cache, such as `s3://cache`. */
  copy(path: string, destination: string): Promise<void>;
}

/**
 * The store of the Nix on this machine. `environment` decides which Nix, and where its store is; that of this process when omitted. Throws a
 * NixStoreError where there is no Nix.
 */
export async function openNixStore(
  settings: { readonly environment?: Machine['environment']; readonly signal?: AbortSignal | undefined } = {},
): Promise<NixStore> {
  const { environment = fromProcess().environment, signal } = settings;
  const store = new LocalStore({ environment, signal, maxOutput: MAX_OUTPUT });
  await store.check();
  return store;
}

/** Runs Nix's own programs. */
class LocalStore implements NixStore {
  constructor(private readonly settings: ProgramSettings) {}

  async check(): Promise<void> {
    await this.run('nix-store', ['--version']);
  }

  async pathOf(sha256: Digest, name: string): Promise<string> {
    return this.run('nix-store', ['--print-fixed-path', 'sha256', hexOf(sha256), name]);
  }

  async has(path: string): Promise<boolean> {
    const result = await runProgram('nix-store', ['--check-validity', path], {
      ...this.settings,
      maxOutput: MAX_OUTPUT,
    });
    if (result.failure === 'missing') throw nixStoreError('nix-store', result);
    return result.failure === undefined;
  }

  async addFile(file: string): Promise<string> {
    return this.run('nix-store', ['--add-fixed', 'sha256', file]);
  }

  async copy(path: string, destination: string): Promise<void> {
    await this.run('nix', ['--extra-experimental-features', 'nix-command', 'copy', '--to', destination, path]);
  }

  private async run(program: string, args: readonly string[]): Promise<string> {
    const result = await runProgram(program, args, this.settings);
    if (result.failure === undefined) return result.stdout.toString('utf8').trim();
    throw nixStoreError(program, result);
  }
}

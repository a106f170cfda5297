import { PullpinError } from '../errors.js';
import { runProgram } from '../machine/run-program.js';
import { type NixRun, nixStoreError } from './nix-program.js';

/** The settings of the Nix on this machine by name, as `nix config show` prints them. */
export type NixSettings = ReadonlyMap<string, unknown>;

const MAX_OUTPUT = 16 * 1024 * 1024;

/** Reads the settings of Nix. Throws a NixStoreError where there is no Nix, and a PullpinError where it prints no settings. */
export async function readNixSettings(run: NixRun): Promise<NixSettings> {
  const first = await show(['config', 'show'], run);
  // Before Nix 2.20, the command had another name.
  const shown = first.failure === 'exit' ? await show(['show-config'], run) : first;
  if (shown.failure) throw nixStoreError('nix', shown);
  return parseSettings(shown.stdout.toString('utf8'));
}

function show(words: readonly string[], run: NixRun) {
  const args = ['--extra-experimental-features', 'nix-command', ...words, '--json'];
  return runProgram('nix', args, { ...run, maxOutput: MAX_OUTPUT });
}

function parseSettings(text: string): NixSettings {
  try {
    const settings: unknown = JSON.parse(text);
    return new Map(Object.entries(Object(settings)).map(([name, setting]) => [name, Object(setting).value as unknown]));
  } catch (cause) {
    throw new PullpinError('nix: its settings are not in JSON', { cause });
  }
}

import type { Machine } from '../machine/machine.js';
import { type NixSettings, readNixSettings } from '../nix-store/nix-settings.js';
import { NixStoreError } from '../nix-store/nix-store-error.js';
import { type Answer, answer } from './answer.js';

/** Whether there is a Nix, and its settings. */
export async function checkNix(
  machine: Pick<Machine, 'environment'> & { readonly signal?: AbortSignal | undefined },
): Promise<{ readonly answers: readonly Answer[]; readonly settings: NixSettings | undefined }> {
  try {
    const settings = await readNixSettings(machine);
    return { answers: [answer('nix', 'ok', 'Nix is there')], settings };
  } catch (error) {
    if (!(error instanceof NixStoreError)) throw error;
    const message = error.isMissing
      ? 'there is no nix on the PATH: install Nix, or run this on the machine that builds'
      : error.message;
    return { answers: [answer('nix', 'problem', message)], settings: undefined };
  }
}

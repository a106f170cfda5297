import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Copies a stand-in of nixpkgs, with files of this folder that it imports: Nix takes an input of a flake as a folder that knows nothing of others.
 *
 * @param shared names of files of this folder; nixpkgs-lib.nix comes in any case
 */
export function copyStandIn(from: string, to: string, shared: readonly string[] = []): void {
  cpSync(from, to, { recursive: true });
  for (const name of ['nixpkgs-lib.nix', ...shared])
    copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(to, name));
}

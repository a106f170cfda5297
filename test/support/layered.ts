import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureImage } from './fixture-images.js';
import { createNix, type Nix, type NixBuild } from './nix-build.js';
import { runPullpin } from './run-pullpin.js';
import { temporaryFolder } from './temporary-folder.js';

/** The first image of a printed file, called as a user would call it. */
export function called(file: string): string {
  return `builtins.head (builtins.attrValues ((${file}) { inherit pkgs; }))`;
}

/** Builds what `pullpin --template layered` has printed, in a store of its own. */
export function buildLayered(
  file: string,
  env: Readonly<Record<string, string>> = {},
  { nix = createNix(), system }: { readonly nix?: Nix; readonly system?: string } = {},
): Promise<NixBuild> {
  return nix.build(called(file), { env, ...(system !== undefined && { system }) });
}

/** The text for some images, with options. */
export async function layered(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runPullpin(['pin', '--template', 'layered', ...args]);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** The text for a sample image as it will be at a registry, which is not asked. */
export function layeredSample(host: string, name = 'hello', ...args: readonly string[]): Promise<string> {
  return layered(`${host}/fixtures/${name}:1.0`, '--from', `oci:${fixtureImage(name)}`, ...args);
}

/** A netrc file with one login. */
export function netrcFile(machine: string, login: string, password: string): string {
  const file = join(temporaryFolder(), 'netrc');
  writeFileSync(file, `machine ${machine} login ${login} password ${password}\n`);
  return file;
}

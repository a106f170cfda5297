import { UsageError } from '../errors.js';

/** The longest name that Nix allows in its store, in characters. */
const LONGEST = 211;

/**
 * The name in the store of what `dockerTools.pullImage` fetches, as that function makes it (nixpkgs,
 * pkgs/build-support/docker/default.nix). Throws a UsageError for a name that Nix would refuse.
 */
export function pullImageName(finalImageName: string, finalImageTag: string): string {
  const name = `docker-image-${finalImageName}-${finalImageTag}.tar`.replace(/[/:]/g, '-');
  if (/^[0-9a-zA-Z+\-._?=]+$/.test(name) && name.length <= LONGEST) return name;
  throw new UsageError(`'${name}' cannot be a name in the Nix store: choose a --final-name and a --final-tag`);
}

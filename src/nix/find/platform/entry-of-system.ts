import type { NixFiles } from '../../values/files.js';
import { keyStyle, systemOfName } from '../../values/systems.js';
import type { SourceRange } from '../../values/value.js';
import { namesAround } from './names-around.js';

/** Where a pin stands among others that differ in their systems only: `packages.aarch64-linux.web`. */
export interface EntryOfSystem {
  /** The Nix system that the name stands for. */
  readonly system: string;
  /** The names around the pin without that of the system: the pins that have the same are one pin for several systems. */
  readonly group: string;
}

/** The entry that a pin is, by the names around it; undefined where no name there is that of a system. */
export function entryOfSystem(place: SourceRange, files: NixFiles): EntryOfSystem | undefined {
  const names = namesAround(place, files);
  const at = names.findLastIndex((name) => keyStyle(name) !== undefined);
  const system = systemOfName(names[at] ?? '');
  if (system === undefined) return undefined;
  return { system, group: JSON.stringify([place.file, ...names.slice(0, at), null, ...names.slice(at + 1)]) };
}

import type { BuiltInValue, UnknownValue } from '../../values/value.js';
import type { BuiltIn } from './built-in.js';
import { CONTROL } from './control.js';
import { FILES } from './files.js';
import { LISTS } from './lists.js';
import { MATCHING } from './matching.js';
import { SETS } from './sets.js';
import { STRINGS } from './strings.js';

/** The functions that are followed. The name is the last step of a path, or the last two: `builtins.map`, `lib.map` and `map` are one. */
export const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map(
  [CONTROL, FILES, LISTS, MATCHING, SETS, STRINGS].flatMap((table) => Object.entries(table)),
);

/** Where Nix and nixpkgs keep these functions. */
const LIBRARIES: ReadonlySet<string> = new Set([
  ...['builtins', 'lib', 'strings', 'lists', 'attrsets', 'trivial', 'importers', 'modules', 'versions', 'fixedPoints'],
]);

/** Every package set has this one. */
const ANYWHERE: ReadonlySet<string> = new Set(['callPackage']);

/** The built-in function that the name of an unknown value stands for, such as `lib.map`; undefined for any other name. */
export function builtInAt({ spelling, deadEnd, system }: UnknownValue): BuiltInValue | undefined {
  const last = spelling.at(-1) ?? '';
  const name = [spelling.slice(-2).join('.'), last].find((each) => BUILT_INS.has(each));
  if (name === undefined) return undefined;
  const library = spelling.at(-2);
  // A function of another library, or a parameter, may have the same name and do something else.
  const isTheirs = library === undefined ? deadEnd.code === 'unknown-name' : LIBRARIES.has(library);
  return isTheirs || ANYWHERE.has(last) ? { kind: 'built-in', name, given: [], system } : undefined;
}

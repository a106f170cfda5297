import type { BuiltInValue, UnknownValue } from '../../values/value.js';
import type { BuiltIn } from './built-in.js';
import { CONTROL } from './control.js';
import { FILES } from './files.js';
import { LISTS } from './lists.js';
import { SETS } from './sets.js';
import { STRINGS } from './strings.js';

/** The functions that are followed, by the last step of the path that they are reached by: `builtins.map`, `lib.map` and `map` are one. */
export const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map(
  [CONTROL, FILES, LISTS, SETS, STRINGS].flatMap((table) => Object.entries(table)),
);

/** The function that an unknown value is known to be by its name. */
export function builtInAt({ spelling }: UnknownValue): BuiltInValue | undefined {
  const name = spelling.at(-1) ?? '';
  return BUILT_INS.has(name) ? { kind: 'built-in', name, given: [] } : undefined;
}

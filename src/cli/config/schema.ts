import * as v from 'valibot';
import type { Option } from '../options/option.js';
import { COMMAND_SETTINGS, COMMON_SETTINGS, type Setting } from './table.js';

/** What a configuration file may hold: a key for each setting, and a table for each command. */
export const CONFIG_SCHEMA = v.strictObject({
  ...keysOf(COMMON_SETTINGS),
  ...Object.fromEntries(
    COMMAND_SETTINGS.map(({ command, settings }) => [
      command.name,
      v.optional(
        v.pipe(v.strictObject(keysOf(settings)), v.description(`What holds for pullpin ${command.name} alone`)),
      ),
    ]),
  ),
});

function keysOf(settings: readonly Setting[]) {
  return Object.fromEntries(
    settings.map(({ name, option }) => [
      name,
      v.optional(v.pipe(shapeOf(option), v.description(descriptionOf(option)))),
    ]),
  );
}

function shapeOf(option: Option) {
  if (option.type === 'flag') return v.boolean();
  if (option.type === 'values') return v.union([v.string(), v.array(v.string())]);
  if (option.isNumber) return v.pipe(v.number(), v.integer(), v.minValue(0));
  return option.choices ? v.picklist([...option.choices, ...Object.keys(option.spellings ?? {})]) : v.string();
}

function descriptionOf({ help, setting }: Option): string {
  return setting === 'user' ? `${help} (only in the user's own file)` : help;
}

/** What a value must be, for a message. */
export function expectedValue(option: Option): string {
  if (option.type === 'flag') return 'true or false';
  if (option.type === 'values') return 'a text, or a list of texts';
  if (option.isNumber) return 'a whole number';
  return option.choices ? `one of ${option.choices.join(', ')}` : 'a text';
}

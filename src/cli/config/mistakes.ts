import type * as v from 'valibot';
import { printable, UsageError } from '../../errors.js';
import { didYouMean } from '../../suggestion.js';
import type { Option } from '../options/option.js';
import { type CONFIG_SCHEMA, expectedValue } from './schema.js';
import { COMMAND_SETTINGS, COMMON_SETTINGS, isTypedOnly, type Setting } from './table.js';

/** Gives `FILE:LINE` for a key. */
type PlaceOf = (keys: readonly string[]) => string;

/** A list of tables would pass for a table that has no keys. */
export function refuseLists(content: Readonly<Record<string, unknown>>, placeOf: PlaceOf): void {
  for (const { command } of COMMAND_SETTINGS)
    if (Array.isArray(content[command.name])) throw notTable(command.name, placeOf);
}

function notTable(name: string, placeOf: PlaceOf): UsageError {
  return new UsageError(
    `${placeOf([name])}: [${name}] is the table of pullpin ${name}: write its keys below it${elsewhere(name)}`,
  );
}

type Issue = v.InferIssue<typeof CONFIG_SCHEMA>;

/** The message about a wrong key or value. */
export function mistake(issue: Issue, placeOf: PlaceOf): UsageError {
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  const [first = '', second] = keys;
  const table = COMMAND_SETTINGS.find(({ command }) => command.name === first);
  const settings = table && second !== undefined ? table.settings : COMMON_SETTINGS;
  const name = table && second !== undefined ? second : first;
  const place = placeOf(keys.slice(0, table && second !== undefined ? 2 : 1));
  const setting = settings.find((each) => each.name === name);
  if (setting) {
    const expected = rangeOf(setting, issue) ?? expectedValue(setting.option);
    return new UsageError(`${place}: ${name} is ${expected}${wrongValue(setting.option, issue)}`);
  }
  if (table && second === undefined) return notTable(first, placeOf);
  return new UsageError(`${place}: ${unknownKey(name, settings, table?.command.name)}`);
}

/** `a whole number from 0 to 20`, in the words of the option itself, for a number that is none of them. */
function rangeOf({ name, group, option }: Setting, { input }: Issue): string | undefined {
  if (typeof input !== 'number' || option.type === 'flag' || !option.isNumber) return undefined;
  try {
    group.parse({ [name]: String(input) });
  } catch (error) {
    if (error instanceof UsageError) return new RegExp(`^--${name} is (.*), not `).exec(error.message)?.[1];
    throw error;
  }
  return undefined;
}

function wrongValue(option: Option, { input }: Issue): string {
  if (typeof input === 'number' || typeof input === 'boolean') return `, not ${input}`;
  if (typeof input !== 'string') return '';
  const choices = option.type === 'flag' ? [] : (option.choices ?? []);
  return `, not '${printable(input, 100)}'${didYouMean(input, choices)}`;
}

function unknownKey(name: string, settings: readonly Setting[], command: string | undefined): string {
  const shown = `there is no key '${printable(name, 100)}'${command === undefined ? '' : ` in [${command}]`}`;
  if (command === undefined && ownersOf(name).length > 0) return `${shown}${elsewhere(name)}`;
  if (command !== undefined && COMMON_SETTINGS.some((setting) => setting.name === name))
    return `${shown}: write it above the tables, for all commands`;
  if (command !== undefined && ownersOf(name).length > 0) return `${shown}${elsewhere(name)}`;
  const positive = settings.find((setting) => `no-${setting.name}` === name);
  if (positive) return `${shown}: write ${positive.name} = false`;
  if (isTypedOnly(name)) return `${shown}: --${name} is an option for one run`;
  const tables = command === undefined ? COMMAND_SETTINGS.map((each) => each.command.name) : [];
  return `${shown}${didYouMean(name, [...settings.map((setting) => setting.name), ...tables])}`;
}

/** The commands that have a setting of this name. */
function ownersOf(name: string): string[] {
  return COMMAND_SETTINGS.filter(({ settings }) => settings.some((setting) => setting.name === name)).map(
    ({ command }) => command.name,
  );
}

/** The tables for a key that does not have the same meaning in all commands. */
function elsewhere(name: string): string {
  const owners = ownersOf(name).map((owner) => `[${owner}]`);
  return owners.length === 0 ? '' : `; the key '${name}' belongs below ${owners.join(' or ')}`;
}

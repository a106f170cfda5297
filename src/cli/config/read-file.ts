import { dirname, isAbsolute, relative, resolve } from 'node:path';
import * as v from 'valibot';
import { heavyWorkNext } from '../../concurrency/heavy-work.js';
import { printable, UsageError } from '../../errors.js';
import type { Machine } from '../../machine/machine.js';
import { CONFIGURATION_LIMIT, readTextFile } from '../../machine/regular-file.js';
import { type ConfigFile, userConfigPath } from '../config-files/find-files.js';
import type { Completion, RawValue } from '../options/option.js';
import { checkMeaning } from './check-meaning.js';
import { mistake, refuseLists } from './mistakes.js';
import { CONFIG_SCHEMA } from './schema.js';
import type { PlacedValue, Source } from './source.js';
import { COMMAND_SETTINGS, COMMON_SETTINGS, type Setting } from './table.js';

/** Reads a configuration file. Throws a UsageError that names the file and the line. */
export async function readConfigFile({ path, owner }: ConfigFile, machine: Machine): Promise<Source> {
  const shown = shownPath(path, machine);
  const text = await readTextFile(path, CONFIGURATION_LIMIT).catch((cause: unknown) => {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${shown} cannot be read: ${printable(problem)}`, { cause });
  });
  const content = await parseToml(text, shown);
  const placeOf = (keys: readonly string[]): string => `${shown}:${lineOf(text, keys)}`;
  refuseLists(content, placeOf);
  const checked = await heavyWorkNext(undefined, () => v.safeParse(CONFIG_SCHEMA, content, { abortEarly: true }));
  if (!checked.success) throw mistake(checked.issues[0], placeOf);
  const found = new Map<string, PlacedValue>();
  for (const { keys, setting, value } of entriesOf(checked.output)) {
    const place = placeOf(keys);
    if (owner === 'project' && setting.option.setting === 'user') throw refusal(setting.name, place, machine);
    const raw = anchored(setting, rawValue(value), dirname(path));
    await checkMeaning(setting, raw, place, machine.folder);
    found.set(keys.join('.'), { value: raw, place });
  }
  return found;
}

/** A path in the form for messages: relative to the current folder or to the home folder. */
function shownPath(path: string, { folder, home }: Machine): string {
  const [fromHere, fromHome] = [relative(folder, path), relative(home, path)];
  if (!fromHere.startsWith('..') || !isInside(fromHome)) return printable(isInside(fromHere) ? fromHere : path);
  return printable(`~/${fromHome}`);
}

function isInside(relativePath: string): boolean {
  return relativePath !== '' && !relativePath.startsWith('..') && !isAbsolute(relativePath);
}

async function parseToml(text: string, shown: string): Promise<Readonly<Record<string, unknown>>> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return await heavyWorkNext(undefined, () => parse(text));
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [first = ''] = cause.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new UsageError(`${shown}:${cause.line}: this is not TOML: ${printable(first)}`, { cause });
  }
}

interface Entry {
  /** The key, with the command's table in front of it. */
  readonly keys: readonly string[];
  readonly setting: Setting;
  readonly value: unknown;
}

function entriesOf(content: Readonly<Record<string, unknown>>): Entry[] {
  const common = COMMON_SETTINGS.map((setting) => ({ keys: [setting.name], setting, value: content[setting.name] }));
  const own = COMMAND_SETTINGS.flatMap(({ command, settings }) => {
    const table = (content[command.name] ?? {}) as Readonly<Record<string, unknown>>;
    return settings.map((setting) => ({
      keys: [command.name, setting.name],
      setting,
      value: table[setting.name],
    }));
  });
  return [...common, ...own].filter(({ value }) => value !== undefined);
}

function rawValue(value: unknown): RawValue {
  if (typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.map(String) : String(value);
}

/** Paths in a file start from its folder, wherever pullpin runs. */
function anchored({ name, option }: Setting, value: RawValue, folder: string): RawValue {
  if (option.type === 'values') {
    const texts = typeof value === 'string' ? [value] : value;
    return Array.isArray(texts) ? texts.map((text: string) => anchoredText(option.completion, text, folder)) : texts;
  }
  if (typeof value !== 'string' || option.type === 'flag') return value;
  const isFile = option.completion === 'file' || (name === 'template' && /\/|\.hbs$/.test(value));
  return isFile ? resolve(folder, value) : value;
}

function anchoredText(completion: Completion | undefined, text: string, folder: string): string {
  if (completion === 'pin') return /^\.{1,2}\//.test(text) ? resolve(folder, text) : text;
  if (completion !== 'file') return text;
  // A file for a name: ghcr.io/acme=acme.pub.
  const [, name = '', file = ''] = /^([^=]*=)?(.*)$/s.exec(text) ?? [];
  return file === '' ? text : `${name}${resolve(folder, file)}`;
}

function refusal(name: string, place: string, machine: Machine): UsageError {
  const own = shownPath(userConfigPath(machine), machine);
  return new UsageError(
    `${place}: ${name} may stand only in your own file, ${own}: a repository does not decide ${REASONS[name] ?? 'whom pullpin trusts and where credentials go'}`,
  );
}

/** What a repository would decide with a setting. */
const REASONS: Readonly<Record<string, string>> = {
  backend: 'which programs run on your machine',
  verify: 'which programs run on your machine',
  store: 'what is kept on your machine',
  'copy-to': 'where images are copied',
  'max-spool': 'how much of your disk is filled',
  'shared-cache': 'which other machines pullpin asks and tells',
  'shared-cache-key': 'whose hashes pullpin believes',
  'shared-cache-write': 'what you sign',
  'verify-shared': 'how much pullpin checks',
};

/** The line of a key: the first one that begins with it, below the header of its table if it has one. */
function lineOf(text: string, keys: readonly string[]): number {
  const lines = text.split('\n');
  const [first = '', second] = keys;
  const header = second === undefined ? -1 : lines.findIndex((line) => startsWith(line, `[${first}]`));
  const dotted = lines.findIndex((line) => second !== undefined && startsWith(line, `${first}.${second}`));
  const table = lines.findIndex((line) => startsWith(line, `[${keys.join('.')}]`));
  const own = lines.findIndex((line, at) => at > header && startsWith(line, second ?? first));
  const at = [own, dotted, table, header, lines.findIndex((line) => startsWith(line, first))].find((each) => each >= 0);
  return (at ?? 0) + 1;
}

function startsWith(line: string, word: string): boolean {
  return line
    .trim()
    .replace(/^["']([^"']*)["']/, '$1')
    .replace(/^\[+\s*/, '[')
    .startsWith(word);
}

import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { PullpinError } from '../../errors.js';

/** A TOML file has a form in which a key cannot be set by machine. */
export class TomlFormError extends PullpinError {}

/** A value that pullpin writes into a TOML file. */
export type TomlValue = string | boolean | readonly string[];

/** A table at the end of a file. Nothing else changes. */
export function withTable(
  source: string,
  keys: readonly string[],
  values: Readonly<Record<string, TomlValue>>,
): string {
  const end = lineEnd(source);
  const header = `[${keys.map(tomlKey).join('.')}]`;
  const lines = Object.entries(values).map(([key, value]) => `${tomlKey(key)} = ${tomlValue(value)}`);
  const before = source === '' || source.endsWith('\n') ? source : `${source}${end}`;
  const gap = before === '' || /\n\r?\n$/.test(before) || /^\r?\n$/.test(before) ? '' : end;
  return `${before}${gap}${[header, ...lines].map((line) => `${line}${end}`).join('')}`;
}

/**
 * A file without the table of these keys, and without the tables below it. The comments right above a header go with their table. Throws a
 * TomlFormError where the table is not written with a header of its own.
 */
export function withoutTable(source: string, keys: readonly string[]): string {
  const { body, shift } = topLevel(source);
  const gone = body.flatMap((part, at): [number, number][] => {
    if (part.type !== 'TOMLTable' || !startsWith(part.resolvedKey, keys)) return [];
    const start = lineStart(source, aboveComments(source, part.range[0] + shift));
    const next = body[at + 1];
    const end = next ? lineStart(source, aboveComments(source, next.range[0] + shift)) : source.length;
    return [[start, end]];
  });
  if (gone.length === 0) throw new TomlFormError(`${keys.join('.')} has no header of its own`);
  const kept = gone.reduceRight((text, [start, end]) => text.slice(0, start) + text.slice(end), source);
  // What was the last table leaves the empty line above it behind.
  return gone.some(([, end]) => end === source.length) ? kept.replace(/(\r?\n)(?:[ \t]*\r?\n)+$/, '$1') : kept;
}

/**
 * A file whose table of these keys has this value: in place of the old one, or on a line behind the last key of the table. Throws a TomlFormError
 * where the table is written neither with a header of its own nor inline.
 */
export function withKey(source: string, keys: readonly string[], key: string, value: TomlValue): string {
  const found = findTable(source, keys);
  if (!found) throw new TomlFormError(`${keys.join('.')} has no header of its own`);
  const { body, shift, isInline, headerEnd } = found;
  const own = body.find((each) => nameOf(each) === key);
  if (own) {
    const [start, end] = own.value.range;
    return `${source.slice(0, start + shift)}${tomlValue(value)}${source.slice(end + shift)}`;
  }
  const last = body.at(-1);
  const end = (last ? last.range[1] : headerEnd) + shift;
  const assignment = `${tomlKey(key)} = ${tomlValue(value)}`;
  if (isInline) return `${source.slice(0, end)}${last ? `, ${assignment}` : ` ${assignment} `}${source.slice(end)}`;
  const newline = source.indexOf('\n', end);
  const at = newline < 0 ? source.length : newline + 1;
  const ending = lineEnd(source);
  const indent = last ? (/[ \t]*$/.exec(source.slice(0, last.range[0] + shift))?.[0] ?? '') : '';
  return `${source.slice(0, at)}${newline < 0 ? ending : ''}${indent}${assignment}${ending}${source.slice(at)}`;
}

/** A file whose table of these keys does not have this key. What stands behind it on its line goes with it. Throws a TomlFormError as `withKey` does. */
export function withoutKey(source: string, keys: readonly string[], key: string): string {
  const found = findTable(source, keys);
  const at = found?.body.findIndex((each) => nameOf(each) === key) ?? -1;
  const own = found?.body[at];
  if (!found || !own) throw new TomlFormError(`${[...keys, key].join('.')} does not stand in a table of its own`);
  const { body, shift, isInline } = found;
  let [start, end] = own.range;
  if (isInline) {
    start = body[at + 1] === undefined ? (body[at - 1]?.range[1] ?? start) : start;
    end = body[at + 1]?.range[0] ?? end;
    return source.slice(0, start + shift) + source.slice(end + shift);
  }
  const newline = source.indexOf('\n', end + shift);
  return source.slice(0, lineStart(source, start + shift)) + (newline < 0 ? '' : source.slice(newline + 1));
}

interface FoundTable {
  readonly body: readonly AST.TOMLKeyValue[];
  readonly isInline: boolean;
  /** Behind the header, or behind the brace. */
  readonly headerEnd: number;
  readonly shift: number;
}

function findTable(source: string, keys: readonly string[]): FoundTable | undefined {
  const { body, shift } = topLevel(source);
  for (const part of body) {
    if (part.type === 'TOMLTable' && part.kind === 'standard' && isSame(part.resolvedKey, keys))
      return { body: part.body, isInline: false, headerEnd: part.key.range[1], shift };
    const owners = part.type === 'TOMLTable' ? part.body : [part];
    const above = part.type === 'TOMLTable' ? part.resolvedKey : [];
    for (const { key, value } of owners) {
      const path = [...above, ...key.keys.map((each) => (each.type === 'TOMLBare' ? each.name : each.value))];
      if (value.type === 'TOMLInlineTable' && isSame(path, keys))
        return { body: value.body, isInline: true, headerEnd: value.range[0] + 1, shift };
    }
  }
  return undefined;
}

function topLevel(source: string): { body: AST.TOMLTopLevelTable['body']; shift: number } {
  const shift = source.startsWith('\ufeff') ? 1 : 0;
  try {
    return { body: parseTOML(source.slice(shift)).body[0].body, shift };
  } catch (error) {
    if (error instanceof ParseError) throw new TomlFormError(`not TOML: ${error.message}`, { cause: error });
    throw error;
  }
}

function nameOf({ key }: AST.TOMLKeyValue): string | undefined {
  const [first, ...others] = key.keys;
  if (!first || others.length > 0) return undefined;
  return first.type === 'TOMLBare' ? first.name : first.value;
}

function isSame(path: readonly (string | number)[], keys: readonly string[]): boolean {
  return path.length === keys.length && startsWith(path, keys);
}

function startsWith(path: readonly (string | number)[], keys: readonly string[]): boolean {
  return keys.every((key, at) => path[at] === key);
}

/** Where the comments begin that stand right above an offset, with no empty line between them. */
function aboveComments(source: string, offset: number): number {
  let start = lineStart(source, offset);
  while (start > 0) {
    const above = lineStart(source, start - 1);
    if (!/^[ \t]*#/.test(source.slice(above, start))) break;
    start = above;
  }
  return start;
}

function lineStart(source: string, offset: number): number {
  return source.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(source: string): string {
  return /\r\n/.test(source) ? '\r\n' : '\n';
}

function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

function tomlValue(value: TomlValue): string {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? tomlString(value) : `[${value.map(tomlString).join(', ')}]`;
}

/** A basic string: TOML knows all escapes of JSON, and wants one more character escaped. A pattern with backslashes is easier to read as a literal string. */
function tomlString(text: string): string {
  if (text.includes('\\') && /^[\x20-\x26\x28-\x7e]*$/.test(text)) return `'${text}'`;
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

import { PullpinError } from '../../../errors.js';
import type { Replace } from '../../../patterns/replacement.js';
import { HelperError, type HelperFunction, type TemplateHelper } from './helper.js';

/** Helpers that templates of Renovate have, by the same names and with the same results; https://docs.renovatebot.com/templates/ */
export const RENOVATE_HELPERS: Readonly<Record<string, TemplateHelper>> = {
  lowercase: { usage: 'text', help: 'the text in small letters', apply: (text) => textOf(text).toLowerCase() },
  split: {
    usage: 'text separator',
    help: 'the parts of a text as a list, as in `{{lookup (split tag ".") 0}}`',
    apply: (text, separator) => textOf(text).split(textOf(separator)),
  },
  containsString: {
    usage: 'text part',
    help: 'whether the text contains the part',
    apply: (text, part) => textOf(text).includes(textOf(part)),
  },
  equals: { usage: 'value value', help: 'whether both are the same', apply: (one, other) => one === other },
  includes: {
    usage: 'list value',
    help: 'whether the list has the value',
    apply: (list, value) => Array.isArray(list) && list.includes(value),
  },
  and: {
    usage: 'value value …',
    help: 'whether all are true',
    apply: (...values) => values.slice(0, -1).every(Boolean),
  },
  or: { usage: 'value value …', help: 'whether one is true', apply: (...values) => values.slice(0, -1).some(Boolean) },
  add: { usage: 'number number', help: 'their sum', apply: (one, other) => Number(one) + Number(other) },
  toArray: { usage: 'value value …', help: 'the values as a list', apply: (...values) => values.slice(0, -1) },
  toObject: {
    usage: 'name value …',
    help: 'the values as an object, by the names in front of them',
    apply: (...values) => pairsOf(values.slice(0, -1), values.at(-1)),
  },
  lookupArray: {
    usage: 'list name',
    help: 'what the objects of a list have by this name, as in `{{#each (lookupArray pins "imageName")}}`',
    apply: (list, name) => (Array.isArray(list) ? list.flatMap((each) => ownOf(each, textOf(name))) : []),
  },
  distinct: {
    usage: 'list',
    help: 'the list with each value once',
    apply: (list) => (Array.isArray(list) ? [...new Set<unknown>(list)] : []),
  },
  toJSON: { usage: 'value', help: 'the value as JSON', apply: (value) => JSON.stringify(value) },
  stringToPrettyJSON: {
    usage: 'text',
    help: 'a text that is JSON, with each value in a line of its own',
    apply: prettyJson,
  },
  encodeURIComponent: {
    usage: 'text',
    help: 'the text as a part of an address',
    apply: (text, options) => safely('encodeURIComponent', options, () => encodeURIComponent(textOf(text))),
  },
  decodeURIComponent: {
    usage: 'text',
    help: 'the text that such a part stands for',
    apply: (text, options) => safely('decodeURIComponent', options, () => decodeURIComponent(textOf(text))),
  },
  encodeBase64: {
    usage: 'text',
    help: 'the text in base64',
    apply: (text) => Buffer.from(textOf(text), 'utf8').toString('base64'),
  },
  decodeBase64: {
    usage: 'text',
    help: 'the text that base64 stands for',
    apply: (text) => Buffer.from(textOf(text), 'base64').toString('utf8'),
  },
};

/** The name and help of the helper `replace`. Its function needs another function, see `replaceHelper`. */
export const REPLACE: Pick<TemplateHelper, 'usage' | 'help'> = {
  usage: 'expression replacement text',
  help: 'the text with each match of a regular expression replaced, as in `{{replace "^v" "" tag}}`; `$1` is what a group has found. There is no look-around',
};

/** The helper `replace`, with the regular expressions that are loaded for it. */
export function replaceHelper(replace: Replace): HelperFunction {
  return (find, replacement, text, options) => {
    try {
      return replace(textOf(find), textOf(replacement), textOf(text));
    } catch (cause) {
      if (cause instanceof PullpinError) throw new HelperError(cause.message, options);
      throw cause;
    }
  };
}

function pairsOf(values: readonly unknown[], options: unknown): Readonly<Record<string, unknown>> {
  if (values.length % 2 !== 0) throw new HelperError('toObject wants a value behind each name', options);
  return Object.fromEntries(
    values.flatMap((name, at) => (at % 2 === 0 ? [[textOf(name), values[at + 1]] as const] : [])),
  );
}

/** A list with the value of a name; without any where the object has none, or is no object. */
function ownOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  return [(value as Readonly<Record<string, unknown>>)[name]];
}

/** Text for a value: null, such as the tag of an image without a tag, becomes the empty text. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Formats JSON, with control characters escaped: the text comes from a registry, and a terminal may show it. */
function prettyJson(text: unknown, options: unknown): string {
  const value: unknown = safely('stringToPrettyJSON', options, () => JSON.parse(textOf(text)));
  return JSON.stringify(value, null, 2).replace(/[^\n\P{C}]|[\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function safely<Result>(name: string, options: unknown, act: () => Result): Result {
  try {
    return act();
  } catch {
    throw new HelperError(`${name} cannot read this text`, options);
  }
}

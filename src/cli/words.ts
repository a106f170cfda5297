import { Parser } from 'yargs/helpers';
import { printable, UsageError } from '../errors.js';
import { didYouMean } from '../suggestion.js';
import type { Command } from './commands.js';
import { optionElsewhere } from './elsewhere/other-options.js';
import { type CommandOptions, optionsOf } from './options/command.js';
import { COMMON } from './options/general.js';
import type { Option, Options, RawOptions, RawValue } from './options/option.js';
import { canBeTyped, isOptionWord, lookUp, partsOf, splitLetters } from './options/option-words.js';

/** The typed words, sorted into options and other words, before the command is known. */
export interface SortedWords {
  /** By the option's name: whether a flag is on, or all values that an option got. `no-NAME` is a separate flag. */
  readonly values: ReadonlyMap<string, boolean | readonly string[]>;
  readonly operands: readonly string[];
  /** Words that look like an option and are not one of any command. */
  readonly strange: readonly string[];
  /** The mistake in an option's value. A request for help is answered even when there is a mistake. */
  readonly mistake: string | undefined;
  /** The last option that took a separate word as its value, and that word. */
  readonly lastTaken: { readonly option: string; readonly value: string } | undefined;
}

/**
 * Sorts words into options and others, in any order. An option takes a value in all commands or in none, so it may stand in front of the
 * command. The `mistake` is a value for an option that takes none, or a missing value.
 */
export function sortWords(words: readonly string[], commands: readonly Command[]): SortedWords {
  const known = Object.assign({}, COMMON, ...commands.map(({ options }) => optionsOf(options))) as Options;
  const end = words.indexOf('--');
  const read = end < 0 ? words : words.slice(0, end);
  const split = read.flatMap((word) => splitLetters(word, known));
  const strange = split.filter((word) => isOptionWord(word) && !isKnown(word, known));
  const usable = split.filter((word) => !strange.includes(word));
  const mistakes = usable.flatMap((word, at) => valueMistake(word, usable[at + 1], known) ?? []);
  const { _: operands, ...values } = Parser(usable, parserOptions(known));
  return {
    values: new Map(
      Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : value === true]),
    ),
    operands: [...operands.map(String), ...(end < 0 ? [] : words.slice(end + 1))],
    strange,
    mistake: mistakes[0],
    lastTaken: lastTaken(usable, known),
  };
}

/** Settings of yargs: words stay as typed, and each use of an option takes one value. */
function parserOptions(known: Options): Parameters<typeof Parser>[1] {
  const entries = Object.entries(known);
  const flags = entries.flatMap(([name, { type }]) => (type === 'flag' ? [name, `no-${name}`] : []));
  const others = entries.flatMap(([name, { type }]) => (type === 'flag' ? [] : [name]));
  return {
    boolean: flags,
    string: others,
    array: others,
    alias: Object.fromEntries(entries.flatMap(([name, { short }]) => (short === undefined ? [] : [[name, [short]]]))),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
      'unknown-options-as-args': true,
    },
  };
}

function isKnown(word: string, known: Options): boolean {
  const { name } = partsOf(word, known);
  return lookUp(name, known) !== undefined;
}

function valueMistake(word: string, next: string | undefined, known: Options): string | undefined {
  if (!isOptionWord(word)) return undefined;
  const { name, inline } = partsOf(word, known);
  const isFlag = lookUp(name, known)?.option.type === 'flag';
  if (isFlag && inline !== undefined && !/^(?:true|false)$/.test(inline)) return `--${name} takes no value`;
  // A word that looks like an option is a value only when it is written with `=`: otherwise the user probably forgot the value.
  const isForgotten = inline === '' || (inline === undefined && (!next || isOptionWord(next)));
  return !isFlag && isForgotten ? `--${name} needs a value` : undefined;
}

function lastTaken(words: readonly string[], known: Options): SortedWords['lastTaken'] {
  const at = words.findLastIndex((word) => {
    const { name, inline } = partsOf(word, known);
    return isOptionWord(word) && inline === undefined && lookUp(name, known)?.option.type !== 'flag';
  });
  const [option, value] = [words[at], words[at + 1]];
  return at >= 0 && option !== undefined && value !== undefined ? { option, value } : undefined;
}

/** The values of a command's options. Throws a UsageError for an option that the command does not have, and for a wrong value. */
export function readOptions(
  { values, strange }: SortedWords,
  command: CommandOptions,
  commands: readonly Command[],
): RawOptions {
  const options = { ...COMMON, ...optionsOf(command) };
  const [word] = strange;
  if (word !== undefined) unknown(word, options, command, commands);
  const raw: Record<string, RawValue> = {};
  for (const [name, value] of values) {
    const found = lookUp(name, options) ?? unknown(`--${name}`, options, command, commands);
    raw[found.name] = typeof value === 'boolean' ? value !== found.isOff : rawValue(found.name, found.option, value);
  }
  return raw;
}

function rawValue(name: string, { type }: Option, value: readonly string[]): RawValue {
  if (type === 'values') return value;
  if (value.length > 1) throw new UsageError(`--${name} was given more than once`);
  return value[0];
}

/** Says what is wrong with an option that the command does not have. */
function unknown(word: string, options: Options, command: CommandOptions, commands: readonly Command[]): never {
  const typed = word.replace(/=.*$/s, '');
  const name = typed.replace(/^-+/, '');
  const shown = printable(typed, 100);
  const positive = name.replace(/^no-/, '');
  const turnedOff = positive === name ? undefined : lookUp(positive, options);
  if (turnedOff?.option.type === 'flag' && !turnedOff.isOff)
    throw new UsageError(`there is no option ${shown}: --${positive} is off unless it is typed, so omit it`);
  const elsewhere = optionElsewhere(name, command.name);
  if (elsewhere !== undefined) throw new UsageError(`there is no option ${shown}: ${elsewhere}`);
  const owners = commands.filter(({ options: other }) => lookUp(name, optionsOf(other)));
  const [owner] = owners;
  if (owners.length > MOST_OWNERS && insteadOf(name, options) === '')
    throw new UsageError(`pullpin ${command.name} has no option ${shown}; see pullpin ${command.name} --help`);
  if (owner) {
    const short = lookUp(name, optionsOf(owner.options))?.option.short;
    const letter = short === undefined ? '' : ` (-${short})`;
    throw new UsageError(
      `--${name}${letter} is an option of ${owner.options.name}, and not of ${command.name}${insteadOf(name, options)}`,
    );
  }
  const hint = /^-.$/.test(typed) ? '' : didYouMean(name, optionNames(options), '--');
  throw new UsageError(`there is no option ${shown}${hint || `; see pullpin ${command.name} --help`}`);
}

/** How many commands a message may name as those that have an option. */
const MOST_OWNERS = 4;

/** What to write where the command has the same under another name. */
function insteadOf(name: string, options: Options): string {
  if (name === 'target' && Object.hasOwn(options, 'tags')) return '; for newer tags write --tags minor';
  if (name === 'output' && Object.hasOwn(options, 'json')) return '; for JSON write --json, and > FILE for a file';
  return name === 'dry-run' && Object.hasOwn(options, 'limit') ? '; for the first N tags write --limit N' : '';
}

/** All names that can be typed, including those like `no-cache`, which turns off a flag that is on by default. */
function optionNames(options: Options): string[] {
  const entries = Object.entries(options);
  return entries.flatMap(([name, option]) => {
    const isOn = option.type === 'flag' && option.isOn === true;
    return [...(isOn ? [`no-${name}`] : []), ...(canBeTyped(option) ? [name] : [])];
  });
}

import { type CommandOptions, optionsOf } from '../options/command.js';
import type { Option, Options } from '../options/option.js';
import { isOptionWord, lookUp, partsOf, splitLetters } from '../options/option-words.js';
import type { Shell } from './scripts.js';

/** The word to complete, and the words before it. */
export interface TypedWords {
  /** Undefined while no command was typed. */
  readonly command: CommandOptions | undefined;
  /** How many words were typed that are neither options nor the command. */
  readonly operands: number;
  /** The first of them. */
  readonly action: string | undefined;
  /** Whether the name of a command is wanted, to get help about it. */
  readonly isTopic: boolean;
  /** The command of which help is wanted, where one of its own words may follow: `help lock add`. */
  readonly topic: CommandOptions | undefined;
  /** The options in force: those of the command and those of every command. */
  readonly options: Options;
  /** The options that were typed. */
  readonly given: ReadonlySet<string>;
  /** The option whose value is to be completed. */
  readonly option: Option | undefined;
  /** What the user has typed of it so far. */
  readonly beginning: string;
  /** What stands in front of that in the same word, such as `--format=`; the answer repeats it. */
  readonly prefix: string;
}

/** Reads the words of a command line up to the cursor. The last one is to be completed. Never throws. */
export function readTyped(words: readonly string[], commands: readonly CommandOptions[], common: Options): TypedWords {
  const all: Options = Object.assign({}, common, ...commands.map(optionsOf));
  const { operands, given, waitingName } = readBefore(words.slice(0, -1), all);
  const [first] = operands;
  const command = commands.find(({ name }) => name === first);
  const options = command ? { ...common, ...optionsOf(command) } : all;
  const isTopic = first === 'help' && operands.length === 1;
  const topic =
    first === 'help' && operands.length === 2 ? commands.find(({ name }) => name === operands[1]) : undefined;
  const own = operands.slice(command ? 1 : 0);
  const rest = { command, isTopic, topic, options, given, operands: own.length, action: own[0] };
  const waiting = waitingName === undefined ? undefined : (options[waitingName] ?? all[waitingName]);
  const last = words.at(-1) ?? '';
  const [, prefix, value] = /^(--[^=]+=)(.*)$/s.exec(last) ?? [];
  if (waiting || prefix === undefined) return { ...rest, option: waiting, beginning: last, prefix: '' };
  return { ...rest, option: optionOf(prefix, options)?.option, beginning: value ?? '', prefix };
}

/** The meaning of the words before the cursor, and the name of the option that still needs its value. */
function readBefore(words: readonly string[], all: Options) {
  const [given, operands]: [Set<string>, string[]] = [new Set(), []];
  let waitingName: string | undefined;
  for (const word of words.flatMap((each) => splitLetters(each, all))) {
    const named = waitingName === undefined ? optionOf(word, all) : undefined;
    if (named) given.add(named.name);
    else if (waitingName === undefined) operands.push(word);
    waitingName = named && named.option.type !== 'flag' && !word.includes('=') ? named.name : undefined;
  }
  return { given, operands, waitingName };
}

function optionOf(word: string, options: Options): { name: string; option: Option } | undefined {
  return isOptionWord(word) ? lookUp(partsOf(word, options).name, options) : undefined;
}

/**
 * bash ends a word at `=` and at `:`. This puts the parts of a word together again, and counts the characters in front of the last part: bash keeps
 * them on the line, so the answers must leave them out.
 */
export function joinedWords(words: readonly string[], shell: Shell): { words: string[]; kept: number } {
  if (shell !== 'bash') return { words: [...words], kept: 0 };
  const joined: string[] = [];
  let isOpen = false;
  for (const word of words) {
    const isBreak = /^[=:]+$/.test(word);
    if (joined.length > 0 && (isBreak || isOpen)) joined[joined.length - 1] += word;
    else joined.push(word);
    isOpen = isBreak;
  }
  const last = joined.at(-1) ?? '';
  return { words: joined, kept: Math.max(last.lastIndexOf('='), last.lastIndexOf(':')) + 1 };
}

import { type CommandOptions, optionsOf } from '../options/command.js';
import type { Option, Options } from '../options/option.js';
import type { Shell } from './scripts.js';

/** What is to be completed. */
export interface TypedWords {
  /** Undefined while no command was typed. */
  readonly command: CommandOptions | undefined;
  /** How many words were typed that are neither options nor the command. */
  readonly operands: number;
  /** Whether the name of a command is wanted, to get help about it. */
  readonly isTopic: boolean;
  /** The options in force: those of the command and those of every command. */
  readonly options: Options;
  /** The options that were typed. */
  readonly given: ReadonlySet<string>;
  /** The option whose value is to be completed. */
  readonly option: Option | undefined;
  /** The beginning that was typed of what is to be completed. */
  readonly beginning: string;
  /** What stands in front of it in the same word, and is to be repeated in the answer. */
  readonly prefix: string;
}

/** Reads the words of a command line up to the cursor. The last one is to be completed. Never throws. */
export function readTyped(words: readonly string[], commands: readonly CommandOptions[], common: Options): TypedWords {
  const all: Options = Object.assign({}, common, ...commands.map(optionsOf));
  const [given, operands]: [Set<string>, string[]] = [new Set(), []];
  let waiting: string | undefined;
  for (const word of words.slice(0, -1)) {
    if (waiting) {
      waiting = undefined;
      continue;
    }
    const named = optionNamed(word, all);
    if (!named) operands.push(word);
    else {
      given.add(named.name);
      waiting = named.option.type === 'flag' || word.includes('=') ? undefined : named.name;
    }
  }
  const [first] = operands;
  const command = commands.find(({ name }) => name === first);
  const options = command ? { ...common, ...optionsOf(command) } : all;
  const isTopic = first === 'help' && operands.length === 1;
  const rest = { command, isTopic, options, given, operands: operands.length - (command ? 1 : 0) };
  const last = words.at(-1) ?? '';
  const [, prefix, value] = /^(--[^=]+=)(.*)$/s.exec(last) ?? [];
  const waitingOption = waiting === undefined ? undefined : (options[waiting] ?? all[waiting]);
  if (waitingOption || prefix === undefined) return { ...rest, option: waitingOption, beginning: last, prefix: '' };
  return { ...rest, option: optionNamed(prefix, options)?.option, beginning: value ?? '', prefix };
}

function optionNamed(word: string, options: Options): { name: string; option: Option } | undefined {
  const [, dashes, typed = ''] = /^(--?)([A-Za-z][^=]*)/.exec(word) ?? [];
  if (dashes === undefined) return undefined;
  const found = Object.entries(options).find(([name, option]) =>
    dashes === '-' ? option.short === typed : name === typed || `no-${name}` === typed,
  );
  return found && { name: found[0], option: found[1] };
}

/** bash takes `=` and `:` for the ends of words: what it cut apart is put together again, and what it will keep is cut from the answers. */
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

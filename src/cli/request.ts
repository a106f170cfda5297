import { printable, shellWord, UsageError } from '../errors.js';
import { didYouMean, misspelledWord } from '../suggestion.js';
import { COMMANDS, type Command, DEFAULT_COMMAND } from './commands.js';
import { commandElsewhere } from './elsewhere/other-commands.js';
import { hasVerb, imageIn, isTool, toolElsewhere } from './elsewhere/tool-command.js';
import type { RawOptions } from './options/option.js';
import { readOptions, type SortedWords, sortWords } from './words.js';

/** The request that the words of a command line make. */
export type Request =
  | { readonly asks: 'run'; readonly command: Command; readonly raw: RawOptions; readonly words: readonly string[] }
  | { readonly asks: 'version' }
  | HelpRequest;

export interface HelpRequest {
  readonly asks: 'help';
  /** Undefined for the help about all commands. */
  readonly command: Command | undefined;
  /** Whether to show the whole help, or one screen. */
  readonly isLong: boolean;
}

/** Reads the request. Options may stand anywhere, also in front of the command. Throws a UsageError. */
export function readRequest(args: readonly string[]): Request {
  const sorted = sortWords(args, COMMANDS);
  const { values, operands, mistake } = sorted;
  const [first, ...others] = operands;
  const command = COMMANDS.find(({ options }) => options.name === first);
  const isLong = values.get('help') !== true || args.includes('--help');
  if (first === 'help' && (values.get('help') === true || mistake === undefined))
    return { asks: 'help', command: helpTopic(others.filter((word) => word !== 'help')), isLong };
  if (values.get('help') === true) return { asks: 'help', command, isLong };
  if (mistake !== undefined) throw new UsageError(mistake);
  if (command && command !== DEFAULT_COMMAND && others.length === 1 && others[0] === 'help')
    return { asks: 'help', command, isLong: true };
  if (values.get('version') === true) return { asks: 'version' };
  const chosen = command ?? DEFAULT_COMMAND;
  if (!command) refuseCommands(operands);
  else if (command.options.operands.completion === 'image') refuseTool(command, others);
  const raw = readOptions(sorted, chosen.options, COMMANDS);
  const words = command ? others : operands;
  if (words.length === 0) refuseMissing(chosen, sorted);
  return { asks: 'run', command: chosen, raw, words };
}

const NAMES = COMMANDS.map(({ options }) => options.name);

/** The command that help is wanted about; behind it may stand a word that it has for a part of itself: `help lock add`. Throws a UsageError. */
function helpTopic([word, part, more]: readonly string[]): Command | undefined {
  if (word === undefined) return undefined;
  const command = COMMANDS.find(({ options }) => options.name === word);
  if (command) {
    const { choices = {} } = command.options.operands;
    const other = part === undefined || Object.hasOwn(choices, part) ? more : part;
    if (other === undefined) return command;
    const isOtherCommand = other !== word && NAMES.includes(other);
    throw new UsageError(
      `help is about one command, and '${printable(other, 100)}' is one word too many: write pullpin help ${word}${isOtherCommand ? `, or pullpin help ${other}` : ''}`,
    );
  }
  const hint = commandHint(word) ?? didYouMean(word, NAMES);
  throw new UsageError(`there is no command '${printable(word, 100)}'${hint || '; see pullpin --help'}`);
}

/**
 * Words that name no command are images. A word that looks like a misspelled command is refused, or pullpin would ask Docker Hub for the image of a
 * stranger: `pullpin dgiest redis` for `dgiest`.
 */
function refuseCommands(words: readonly string[]): void {
  const [first = '', ...others] = words;
  if (isTool(first) && others.length > 0)
    throw new UsageError(
      `'${first}' is another tool: ${printable(toolElsewhere(first, others), 200)}. ${forAnImage(first)}`,
    );
  const hint = commandHint(first);
  if (hint !== undefined) throw new UsageError(`there is no command '${first}'${hint} ${forAnImage(first)}`);
  const misplaced = words.find((word) => NAMES.includes(word) || word === 'help');
  if (misplaced !== undefined)
    throw new UsageError(`'${misplaced}' is a command, and must come first. ${forAnImage(misplaced)}`);
  const elsewhere = others.find((word) => commandElsewhere(word) !== undefined);
  if (elsewhere !== undefined)
    throw new UsageError(`'${elsewhere}' is no image here${commandHint(elsewhere)} ${forAnImage(elsewhere)}`);
}

/** Refuses `pullpin digest docker pull redis`: the words behind the command are a command line of another tool. */
function refuseTool({ options }: Command, [tool = '', ...words]: readonly string[]): void {
  const [verb = ''] = words;
  if (!isTool(tool) || !hasVerb(words)) return;
  const image = imageIn(words);
  const hint = image === undefined ? '' : `: write pullpin ${options.name} ${shellWord(printable(image, 200))}`;
  throw new UsageError(`'${tool} ${verb}' is a command of another tool${hint}`);
}

/** The end of a message: what to write instead of a misspelled command or a command of another tool. */
function commandHint(word: string): string | undefined {
  const elsewhere = commandElsewhere(word);
  if (elsewhere !== undefined) return `: ${elsewhere}.`;
  const near = /^[a-z]+$/.test(word) ? misspelledWord(word, [...NAMES, 'help']) : undefined;
  return near === undefined ? undefined : `; did you mean ${near}?`;
}

function forAnImage(word: string): string {
  return `For an image of that name: pullpin pin ${word}`;
}

/** When a command needs a word and got none, adds to the message which option may have taken the word. */
function refuseMissing({ options }: Command, { lastTaken }: SortedWords): void {
  const { missing } = options.operands;
  if (missing === undefined) return;
  const hint = lastTaken ? ` (${lastTaken.option} took '${printable(lastTaken.value, 100)}' as its value)` : '';
  throw new UsageError(`${missing}${hint}`);
}

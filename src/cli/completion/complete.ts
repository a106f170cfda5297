import { PullpinError, printable } from '../../errors.js';
import { formatPlatform, SYSTEMS } from '../../oci/platform.js';
import type { HelpSource } from '../help/groups.js';
import type { Completion, Option } from '../options/option.js';
import type { Context } from '../terminal/context.js';
import { capitalized } from '../terminal/format.js';
import { SHELLS } from './scripts.js';
import { joinedWords, readTyped, type TypedWords } from './typed-words.js';

/** A word that can follow, and what it means. */
type Candidate = readonly [word: string, help: string];

/** The line that asks the shell to offer files. */
const FILES = ':file';
/** Matches names that are safe in a command line: names from files are inserted there, so a shell must not evaluate them. */
const HARMLESS = /^[\w.:/@+-]+$/;

/** The lines for a shell's script: the possible completions of the last word. Writes nothing, and asks no registry. */
export async function complete(
  [shellName = '', ...typed]: readonly string[],
  source: HelpSource,
  context: Context,
): Promise<string> {
  const shell = SHELLS.find((each) => each === shellName);
  if (!shell) return '';
  const { words, kept } = joinedWords(typed, shell);
  const place = readTyped(words, [...source.commands], source.common);
  const found = await candidates(place, source, context);
  if (found === FILES) return `${FILES}\n`;
  return found
    .filter(([word]) => word.startsWith(place.beginning))
    .map(([word, help]) => `${`${place.prefix}${word}`.slice(kept)}\t${help}\n`)
    .join('');
}

async function candidates(place: TypedWords, source: HelpSource, context: Context) {
  const { option, beginning, command, topic, operands, action = '' } = place;
  if (option) return valuesOf(option, place, context);
  if (beginning.startsWith('-')) return optionNames(place);
  if (place.isTopic) return commandNames(source);
  if (topic) return Object.entries(topic.operands.choices ?? {});
  if (!command && operands === 0) return [...commandNames(source), ['help', 'Show help about a command'] as const];
  const { completion, completions = {}, choices = {} } = (command ?? source.defaultCommand).operands;
  const first = operands === 0 && !place.given.has('update') ? Object.entries(choices) : [];
  if (first.some(([word]) => word.startsWith(beginning))) return first;
  const kind = Object.hasOwn(completions, action) ? completions[action] : completion;
  return kind ? byKind(kind, place, context) : [];
}

function commandNames({ commands }: HelpSource): Candidate[] {
  return commands.map(({ name, summary }) => [name, summary]);
}

/** The options that can still be added. */
function optionNames({ options, given }: TypedWords): Candidate[] {
  return Object.entries(options)
    .filter(([name, { type }]) => type === 'values' || !given.has(name))
    .map(([name, option]) => [option.type === 'flag' && option.isOn ? `--no-${name}` : `--${name}`, option.help]);
}

async function valuesOf(option: Option, place: TypedWords, context: Context) {
  if (option.type === 'flag') return [];
  if (option.choices) return option.choices.map((choice): Candidate => [choice, '']);
  return option.completion ? byKind(option.completion, place, context) : [];
}

async function byKind(
  kind: Completion,
  { beginning }: TypedWords,
  context: Context,
): Promise<Candidate[] | typeof FILES> {
  const orFiles = (found: readonly Candidate[]): Candidate[] | typeof FILES =>
    found.some(([word]) => word.startsWith(beginning)) ? [...found] : FILES;
  switch (kind) {
    case 'file':
    case 'folder':
      return FILES;
    case 'system':
      return Object.keys(SYSTEMS).map((system) => [system, '']);
    case 'platform':
      return [...new Set(Object.values(SYSTEMS).map(formatPlatform)), 'all'].map((platform) => [platform, '']);
    case 'template': {
      const { TEMPLATE_NAMES, TEMPLATES } = await import('../../nix/render/built-in/template-table.js');
      return orFiles(TEMPLATE_NAMES.map((name) => [name, capitalized(TEMPLATES[name].summary)]));
    }
    case 'locked':
      return orFiles(await lockedNames(context));
    case 'pin':
      return orFiles(await pinNames(context));
    default:
      return [];
  }
}

/** The names of the images in images.toml; empty when it cannot be read. */
async function lockedNames({ folder }: Context): Promise<Candidate[]> {
  try {
    const { lockPaths, openLock } = await import('../../lock/lock-files.js');
    const { entries } = await openLock(await lockPaths(undefined, folder));
    return [...entries.values()].map(({ name, request }) => [name, printable(request.image, 100)]);
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

/**
 * The names of the images that are pinned below the current folder; empty when they cannot be read, because a shell shows no messages during
 * completion.
 */
async function pinNames(context: Context): Promise<Candidate[]> {
  try {
    const { openPinFiles } = await import('../../list/open/open-pin-files.js');
    const { listPins } = await import('../../list/list-pins.js');
    const { pins } = listPins(await openPinFiles([], context));
    const names = pins.flatMap(({ imageName }) => [imageName.replace(/^.*\//, ''), imageName]);
    return [...new Set(names)].filter((name) => HARMLESS.test(name)).map((name) => [name, 'A pin']);
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

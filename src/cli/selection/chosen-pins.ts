import { resolve } from 'node:path';
import { printable, UsageError } from '../../errors.js';
import { isBelow } from '../../files/roots.js';
import type { ListedPin } from '../../list/listed-pin.js';
import type { PinFiles } from '../../list/pin-files.js';
import { didYouMean } from '../../suggestion.js';
import type { ChosenPins } from '../options/chosen-pins.js';
import type { PinOperands } from '../options/operands.js';
import type { Context } from '../terminal/context.js';
import { count } from '../terminal/format.js';
import { readPinFiles, type WhatToRead } from './pin-files.js';
import { compilePattern, fileAndLine, type PinPattern } from './pin-pattern.js';
import { searchedPaths, sortOperands } from './sorted-words.js';

/** The files that a command searches, and which of their pins the user means. */
export interface ChosenFiles {
  readonly pinFiles: PinFiles;
  isWanted(pin: ListedPin): boolean;
  /** Whether problems in this file that belong to no pin are reported. */
  isWantedFile(path: string): boolean;
  /**
   * Why a word or a filter chose no pin: a misspelled one must not look like success. Undefined when each chose some. Call it after all pins were
   * checked. `problems` are the problems in the files. The error says what was searched.
   */
  unused(problems: readonly { readonly file: string }[]): UsageError | undefined;
  /** The line that says that the files have no pin at all, and nothing that is like one; undefined when they have. */
  nothing(problems: readonly unknown[]): string | undefined;
}

/**
 * Reads what the words of a command name: files and folders, `FILE:LINE`, and names of images. Throws a PullpinError.
 */
export async function chooseFiles(
  { isStdin, words }: PinOperands,
  { include, exclude, mustMatch }: ChosenPins,
  context: Context,
  what: WhatToRead = {},
): Promise<ChosenFiles> {
  const { paths, patterns } = await sortOperands(words, context.folder);
  const pinFiles = await readPinFiles(isStdin, searchedPaths(isStdin, paths, patterns), context, what);
  const compile = (each: readonly string[]): Promise<PinPattern[]> =>
    Promise.all(each.map((word) => compilePattern(word, pinFiles, context.folder)));
  const choice = {
    named: await compile(patterns),
    included: await compile(include),
    excluded: await compile(exclude),
    mustMatch,
  };
  return new Choice(pinFiles, paths, choice, context.folder);
}

interface Patterns {
  readonly named: readonly PinPattern[];
  readonly included: readonly PinPattern[];
  readonly excluded: readonly PinPattern[];
  readonly mustMatch: ChosenPins['mustMatch'];
}

class Choice implements ChosenFiles {
  private readonly lines: readonly PinPattern[];
  private readonly names: readonly PinPattern[];
  /** The pins, where patterns choose among them: a message may have to say which pins there are. */
  private readonly seen: ListedPin[] = [];
  /** The files that have pins. */
  private readonly filesWithPins = new Set<string>();
  private wanted = 0;

  constructor(
    readonly pinFiles: PinFiles,
    private readonly paths: readonly string[],
    private readonly patterns: Patterns,
    private readonly folder: string,
  ) {
    this.lines = patterns.named.filter(({ word }) => fileAndLine(word) !== undefined);
    this.names = patterns.named.filter((each) => !this.lines.includes(each));
  }

  isWanted(pin: ListedPin): boolean {
    const { named, included, excluded } = this.patterns;
    this.filesWithPins.add(pin.file);
    if (named.length > 0 || included.length > 0 || excluded.length > 0) this.seen.push(pin);
    // Every filter is tried, because a filter whose pins are all excluded by another filter is not misspelled.
    const [isNamed, isIncluded] = [this.isNamed(pin), matchesOne(included, pin)];
    const isExcluded = excluded.length > 0 && matchesOne(excluded, pin);
    const isWanted = isNamed && isIncluded && !isExcluded;
    if (isWanted) this.wanted += 1;
    return isWanted;
  }

  isWantedFile(path: string): boolean {
    const { named, included, excluded } = this.patterns;
    const isIn = (list: readonly PinPattern[]): boolean => list.some(({ matchesFile }) => matchesFile(path));
    const isNamed = isIn(this.lines) || (this.isOfPath(path) && (this.names.length === 0 || isIn(this.names)));
    return (named.length === 0 || isNamed) && (included.length === 0 || isIn(included)) && !isIn(excluded);
  }

  unused(problems: readonly { readonly file: string }[]): UsageError | undefined {
    const reason = this.unmatched(problems) ?? this.noneLeft(problems) ?? this.emptyPath(problems);
    return reason === undefined ? undefined : new UsageError(reason);
  }

  nothing(problems: readonly unknown[]): string | undefined {
    if (this.filesWithPins.size > 0 || problems.length > 0) return undefined;
    return `no pin was found; pullpin looked at ${count(this.pinFiles.files.length, 'file')}`;
  }

  /** FILE:LINE adds a pin to those of files and folders; a name chooses among those. */
  private isNamed(pin: ListedPin): boolean {
    const isAtLine = this.lines.length > 0 && matchesOne(this.lines, pin);
    return (this.isOfPath(pin.file) && matchesOne(this.names, pin)) || isAtLine;
  }

  /** Whether a word other than FILE:LINE leads to the file. */
  private isOfPath(file: string): boolean {
    if (this.paths.length === 0) return this.lines.length === 0 || this.names.length > 0;
    return (
      !this.lines.some(({ matchesFile }) => matchesFile(file)) || this.paths.some((path) => this.isBelow(path, file))
    );
  }

  private unmatched(problems: readonly { readonly file: string }[]): string | undefined {
    const { named, included, excluded, mustMatch } = this.patterns;
    const typed = { include: included, exclude: excluded };
    const unused = [...named, ...mustMatch.flatMap((filter) => typed[filter])].find(
      ({ hasMatched, matchesFile }) => !hasMatched && !problems.some(({ file }) => matchesFile(file)),
    );
    return unused && `no pin matches '${printable(unused.word, 100)}'${this.hint(unused)}`;
  }

  private noneLeft(problems: readonly unknown[]): string | undefined {
    const { named, included, excluded, mustMatch } = this.patterns;
    const isFiltered = named.length > 0 || mustMatch.length > 0;
    if (!isFiltered || this.wanted > 0 || this.seen.length === 0 || problems.length > 0) return undefined;
    const chosen = [...named.map(quoted), ...included.map((each) => `--include ${quoted(each)}`)];
    const removed = excluded.map((each) => `--exclude ${quoted(each)}`).join(' and ');
    const some = this.seen.some((pin) => this.isNamed(pin) && matchesOne(included, pin));
    const ofThose = chosen.length === 0 ? 'all of them' : `what ${chosen.join(' and ')} chose`;
    const why = some ? `${removed} removed ${ofThose}` : `${chosen.join(' and ')} have none in common`;
    return `no pin is left: ${why}; pullpin ${this.looked()}`;
  }

  private emptyPath(problems: readonly { readonly file: string }[]): string | undefined {
    const files = new Set([...this.filesWithPins, ...problems.map(({ file }) => file)]);
    const empty = this.paths.find((path) => ![...files].some((file) => this.isBelow(path, file)));
    if (empty === undefined) return undefined;
    const looked = this.pinFiles.files.filter(({ path }) => this.isBelow(empty, path)).length;
    const hint = /^[a-z\d_-]+$/.test(empty) ? `; for an image of that name write --include ${empty}` : '';
    return `${printable(empty, 200)} has no pin; pullpin looked at ${count(looked, 'file')}${hint}`;
  }

  /** The end of the message: a similar name, and what was searched. */
  private hint({ word, meant }: PinPattern): string {
    const pin = meant && this.seen.find(meant.matches);
    if (pin) {
      const why = meant.word.startsWith('{')
        ? 'for one of several'
        : `a glob is for the whole name ${pin.imageName}, so`;
      return `: ${why} write '${meant.word}'; pullpin ${this.looked()}`;
    }
    const images = [...new Set(this.seen.map(({ imageName }) => imageName))];
    const names = images.flatMap((image) => [image, image.replace(/^.*\//, '')]);
    const files = this.pinFiles.files.map(({ path }) => path);
    const near = didYouMean(word, [...names, ...files, ...files.map((path) => path.replace(/^.*\//, ''))]);
    return `${near === '' ? ';' : near} pullpin ${this.looked()}`;
  }

  private looked(): string {
    const pins = new Set(this.seen.map(({ file, line, column }) => `${file}:${line}:${column}`)).size;
    return `looked at ${count(pins, 'pin')} in ${count(this.pinFiles.files.length, 'file')}`;
  }

  private isBelow(path: string, file: string): boolean {
    return isBelow(resolve(this.folder, path), resolve(this.folder, file));
  }
}

function quoted({ word }: PinPattern): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${printable(word, 100)}'`;
}

/** Tries all patterns, even after one has matched, because each must know whether it matches. */
function matchesOne(patterns: readonly PinPattern[], pin: ListedPin): boolean {
  const matching = patterns.filter(({ matches }) => matches(pin));
  for (const pattern of matching) pattern.hasMatched = true;
  return patterns.length === 0 || matching.length > 0;
}

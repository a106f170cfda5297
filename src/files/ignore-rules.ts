import { join, posix, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { PullpinError, printable } from '../errors.js';

/** Each file is compared with each pattern, and no pattern that a person wrote is longer than this, in characters. */
const MAX_PATTERNS = 10_000;
const MAX_PATTERN = 1000;
/** The ways in which a path can fit a pattern multiply with each `**`. */
const MAX_CROSSINGS = 3;

/** A `.gitignore` is too large for us to follow. */
export class IgnoreFileError extends PullpinError {
  constructor(
    readonly folder: string,
    problem: string,
  ) {
    super(
      `${printable(join(folder, '.gitignore'))} ${problem}; that is too much to follow without git: name the files`,
    );
  }
}

/**
 * What the `.gitignore` files from one folder downwards say (gitignore(5)): later rules win over earlier ones, and those of a deeper folder
 * over those above it. A value: `with` makes new rules.
 */
export class IgnoreRules {
  /** @param base the absolute path of the topmost folder with rules; only paths below it may be asked for */
  constructor(
    readonly base: string,
    private readonly rules: Ignore = ignore({ ignorecase: false }),
  ) {}

  /** These rules and those of the `.gitignore` in a folder below the base, by its text. Throws an IgnoreFileError. */
  with(folder: string, text: string): IgnoreRules {
    const prefix = this.pathOf(folder);
    const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
    checkSize(folder, lines);
    const added = ignore({ ignorecase: false }).add(this.rules);
    return new IgnoreRules(this.base, added.add(lines.map((line) => below(prefix, line))));
  }

  /** Whether a file or folder is ignored, itself or because a folder around it is. */
  ignores(path: string, isFolder: boolean): boolean {
    const fromBase = this.pathOf(path);
    return fromBase !== '' && this.rules.ignores(isFolder ? `${fromBase}/` : fromBase);
  }

  private pathOf(path: string): string {
    return relative(this.base, path).split(sep).join('/');
  }
}

function checkSize(folder: string, lines: readonly string[]): void {
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const long = patterns.find(({ length }) => length > MAX_PATTERN);
  if (long !== undefined) throw new IgnoreFileError(folder, `has a pattern of ${long.length} characters`);
  const wild = patterns.find((pattern) => pattern.replace(/\/\*\*\/?$/, '').split('**').length - 1 > MAX_CROSSINGS);
  if (wild !== undefined) throw new IgnoreFileError(folder, `has more than ${MAX_CROSSINGS} times ** in one pattern`);
  if (patterns.length > MAX_PATTERNS) throw new IgnoreFileError(folder, `has ${patterns.length} patterns`);
}

/** A line of a `.gitignore` in a folder, as it would be written at the base. */
function below(prefix: string, line: string): string {
  if (prefix === '' || line === '' || line.startsWith('#')) return line;
  const isNegative = line.startsWith('!');
  const pattern = line.slice(isNegative ? 1 : 0).replace(/(?<!\\) +$/, '');
  if (pattern === '') return '';
  const isAnchored = pattern.slice(0, -1).includes('/');
  const folder = prefix.replace(/[\\*?[\]!# ]/g, '\\$&');
  return `${isNegative ? '!' : ''}/${posix.join(folder, isAnchored ? '' : '**')}/${pattern.replace(/^\//, '')}`;
}

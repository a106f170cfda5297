import { Minimatch, minimatch } from 'minimatch';
import { printable, UsageError } from '../errors.js';

/** Characters of a glob. A longer one is a mistake, or an attempt to make the program hang. */
const MAX_LENGTH = 1000;
/** Globs without braces that one glob may stand for. */
const MAX_ALTERNATIVES = 1000;

/** Case counts, a dot at the start is nothing special, and `!`, `#` and `+(…)` stand for themselves. */
const SYNTAX = { dot: true, nonegate: true, nocomment: true, noext: true, braceExpandMax: MAX_ALTERNATIVES + 1 };

/** Throws a UsageError for a glob that is empty, too long, begins with `!`, or stands for too many globs. */
export function checkGlob(pattern: string): void {
  if (pattern === '') throw new UsageError('a pattern is empty; write a glob such as nginx or ./hosts/**');
  const shown = printable(pattern, 100);
  if (pattern.length > MAX_LENGTH) {
    throw new UsageError(`the pattern ${shown} has ${pattern.length} characters; at most ${MAX_LENGTH} are allowed`);
  }
  if (pattern.startsWith('!')) {
    throw new UsageError(`the pattern ${shown} begins with !; a pattern cannot mean the opposite here`);
  }
  if (minimatch.braceExpand(pattern, SYNTAX).length > MAX_ALTERNATIVES) {
    throw new UsageError(`the braces of the pattern ${shown} make more than ${MAX_ALTERNATIVES} patterns; write fewer`);
  }
}

/**
 * What says whether the whole of a text fits a glob that `checkGlob` has seen: `*`, `?` and `[a-z]` stay within a component, `**` as a
 * component of its own crosses components, `{a,b}` is either. The work is bounded for any glob and any text.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const glob = new Minimatch(pattern, SYNTAX);
  return (text) => glob.match(text);
}

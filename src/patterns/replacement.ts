import { printable, UsageError } from '../errors.js';
import { compiledExpression, loadExpressions } from './regular-expression.js';

/** Puts texts in place of whatever a regular expression finds. Throws a UsageError. */
export type Replace = (find: string, replacement: string, text: string) => string;

/** A text that grows beyond this, in UTF-16 units, is a mistake. */
const MAX_RESULT = 16 * 1024 * 1024;

/**
 * What replaces as JavaScript's `text.replace(new RegExp(find, 'g'), replacement)` does, with `$1`, `$<name>`, `$&` and `$$` in the replacement. The
 * work grows with the length of the text only; therefore look-around and back-references do not exist.
 */
export async function loadReplace(): Promise<Replace> {
  const compile = await loadExpressions();
  return (find, replacement, text) => {
    const matcher = compiledExpression(compile, find, '', `'${printable(find, 100)}'`).matcher(text);
    const parts: string[] = [];
    let size = 0;
    let end = 0;
    const add = (part: string): void => {
      size += part.length;
      if (size > MAX_RESULT)
        throw new UsageError(`replacing '${printable(find, 100)}' makes a text of more than 16 MiB`);
      parts.push(part);
    };
    while (matcher.find()) {
      add(text.slice(end, matcher.start()));
      end = matcher.end();
      add(expand(replacement, matcher));
    }
    add(text.slice(end));
    return parts.join('');
  };
}

/** What is known of a match, of re2js's matcher. */
interface Match {
  group(which?: number | string): string | null;
  groupCount(): number;
  readonly namedGroups?: Readonly<Record<string, number>> | undefined;
}

/** The text that takes the place of a match. */
function expand(replacement: string, match: Match): string {
  return replacement.replace(/\$(?:\$|&|(\d\d?)|<([^>]*)>)/g, (written, digits?: string, name?: string) => {
    if (written === '$$') return '$';
    if (written === '$&') return match.group() ?? '';
    if (name !== undefined) return namedGroup(match, name) ?? '';
    return numberedGroup(match, digits ?? '') ?? written;
  });
}

function namedGroup(match: Match, name: string): string | null {
  try {
    return match.group(name);
  } catch {
    // There is no group of this name, which JavaScript takes for an empty text.
    return '';
  }
}

/** `$12` is the group 12 if there are 12 groups, else the group 1 with a 2 behind it. */
function numberedGroup(match: Match, digits: string): string | undefined {
  for (const length of [digits.length, 1]) {
    const number = Number(digits.slice(0, length));
    if (number > 0 && number <= match.groupCount()) return (match.group(number) ?? '') + digits.slice(length);
  }
  return undefined;
}

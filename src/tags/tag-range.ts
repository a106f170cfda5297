import Range from 'semver/classes/range.js';
import coerce from 'semver/functions/coerce.js';
import { printable, UsageError } from '../errors.js';

/**
 * Whether tags are in a range of versions, such as `<15` or `^7.2`. What follows the numbers of a tag (`7.4-alpine`) does not count; a tag
 * without a number is in no range. Throws a UsageError for text that is not a range.
 */
export function createTagRange(text: string): (tag: string) => boolean {
  const range = parseRange(text);
  return (tag) => {
    const version = coerce(tag);
    return version !== null && range.test(version);
  };
}

function parseRange(text: string): Range {
  try {
    return new Range(text);
  } catch (cause) {
    throw new UsageError(`'${printable(text, 100)}' is not a range of versions: write one such as <15 or ^7.2`, {
      cause,
    });
  }
}

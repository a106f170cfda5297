import leven, { closestMatch } from 'leven';

/** Longer words are not names, and comparing them takes time. */
const MAX_LENGTH = 100;

/**
 * The word of a list that was probably meant: a third of its letters may be wrong, or two of a short word. Undefined when no word of the list
 * is that near.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const allowed = Math.max(2, Math.floor(word.length / 3));
  return closestMatch(word.toLowerCase(), known, { maxDistance: Math.min(allowed, word.length - 1) });
}

/** The word of a list of which this is almost certainly a misspelling: one letter is wrong, or two have changed places. */
export function misspelledWord(word: string, known: readonly string[]): string | undefined {
  const near = nearestWord(word, known);
  if (near === undefined || near === word) return near;
  const letters = (text: string): string => [...text].sort().join('');
  return leven(word, near) === 1 || letters(word) === letters(near) ? near : undefined;
}

/** The end of a message about an unknown word: `; did you mean --platform?`, or nothing when no word of the list is near. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const near = nearestWord(word, known);
  return near === undefined ? '' : `; did you mean ${prefix}${near}?`;
}

import leven, { closestMatch } from 'leven';

/** Longer words are not names, and comparing them takes time. */
const MAX_LENGTH = 100;

/** Of a word that is no longer than this, every letter counts: `yes` is not `os`. */
const SHORT = 4;

/**
 * The word of a list that was probably meant: a third of its letters may be wrong, or two. A short word may have one wrong letter, or two that
 * have changed places. Undefined when no word of the list is that near.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const allowed = Math.max(2, Math.floor(word.length / 3));
  const near = closestMatch(word.toLowerCase(), known, { maxDistance: Math.min(allowed, word.length - 1) });
  return near === undefined || word.length > SHORT || isSlip(word.toLowerCase(), near) ? near : undefined;
}

/** The word of a list of which this is almost certainly a misspelling: one letter is wrong, or two have changed places. */
export function misspelledWord(word: string, known: readonly string[]): string | undefined {
  const near = nearestWord(word, known);
  return near === undefined || isSlip(word, near) ? near : undefined;
}

/** Whether two words are the same but for one letter, or for the order of their letters. */
function isSlip(word: string, near: string): boolean {
  const letters = (text: string): string => [...text].sort().join('');
  return leven(word, near) <= 1 || letters(word) === letters(near);
}

/**
 * The end of a message about an unknown word: `; did you mean --platform?`, or nothing when no word of the list is near. The beginning of a word
 * stands for that word.
 */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const begun = word.length < 2 ? undefined : known.find((each) => each.startsWith(word.toLowerCase()));
  const near = begun ?? nearestWord(word, known);
  return near === undefined ? '' : `; did you mean ${prefix}${near}?`;
}

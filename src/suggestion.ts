import leven, { closestMatch } from 'leven';

/** Longer words are not names, and comparing them takes time. */
const MAX_LENGTH = 100;

/** Of a word that is no longer than this, every letter counts: `yes` is not `os`. */
const SHORT = 4;

/**
 * The word of a list that was probably meant: one with a wrong letter or with two that have changed places, or else one of which a third of the
 * letters may be wrong, or two. Of a short word, nothing more may be wrong. Undefined when no word of the list is that near.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const typed = word.toLowerCase();
  const slips = word.length > 1 ? known.filter((each) => isSlip(typed, each)) : [];
  const [slip] = slips.toSorted((one, other) => likeness(other, typed) - likeness(one, typed));
  const maxDistance = word.length > SHORT ? Math.max(2, Math.floor(word.length / 3)) : 0;
  return slip ?? closestMatch(typed, known, { maxDistance });
}

/** Of several slips, the likeliest has the same first letter, the same length and the same letters. */
function likeness(near: string, typed: string): number {
  if (near === typed) return 5;
  return (near[0] === typed[0] ? 2 : 0) + (near.length === typed.length ? 1 : 0) + (areSwapped(typed, near) ? 1 : 0);
}

/** The word of a list of which this is almost certainly a misspelling: one letter is wrong, or two have changed places. */
export function misspelledWord(word: string, known: readonly string[]): string | undefined {
  const near = nearestWord(word, known);
  return near === undefined || isSlip(word, near) ? near : undefined;
}

/** Whether two words are the same but for one letter, or for two that have changed places, which to leven are two wrong ones. */
function isSlip(word: string, near: string): boolean {
  return leven(word, near, { maxDistance: 2 }) <= 1 || areSwapped(word, near);
}

function areSwapped(word: string, near: string): boolean {
  if (word.length !== near.length) return false;
  const [first, second, ...others] = Array.from(word, (_, at) => at).filter((at) => word[at] !== near[at]);
  if (first === undefined || second === undefined || others.length > 0) return false;
  return word[first] === near[second] && word[second] === near[first];
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

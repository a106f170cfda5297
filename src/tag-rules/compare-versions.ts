import type { Version } from './version.js';

/**
 * Which of two versions is higher, as a negative or positive number or 0. Numbers that are missing are 0, a pre-release is lower than its release,
 * and suffixes do not count.
 */
export function compareVersions(
  first: Pick<Version, 'numbers' | 'preRelease'>,
  second: Pick<Version, 'numbers' | 'preRelease'>,
): number {
  const length = Math.max(first.numbers.length, second.numbers.length);
  for (let at = 0; at < length; at++) {
    const difference = (first.numbers[at] ?? 0) - (second.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (first.preRelease === '' || second.preRelease === '')
    return Number(first.preRelease === '') - Number(second.preRelease === '');
  return compareTexts(first.preRelease, second.preRelease);
}

/** Compares texts part by part: digits by their value, all else by its letters. So `rc.10` is higher than `rc.2`. */
export function compareTexts(first: string, second: string): number {
  const [ones, others] = [partsOf(first), partsOf(second)];
  for (const [at, one] of ones.entries()) {
    const other = others[at];
    if (other === undefined) return 1;
    const difference = compareParts(one, other);
    if (difference !== 0) return difference;
  }
  return ones.length - others.length;
}

function partsOf(text: string): string[] {
  return text.toLowerCase().match(/\d+|[^\d._-]+/g) ?? [];
}

function compareParts(one: string, other: string): number {
  const areNumbers = /^\d/.test(one) && /^\d/.test(other);
  if (areNumbers) {
    const [digits, otherDigits] = [one.replace(/^0+/, ''), other.replace(/^0+/, '')];
    if (digits.length !== otherDigits.length) return digits.length - otherDigits.length;
    return compareLetters(digits, otherDigits);
  }
  return compareLetters(one, other);
}

function compareLetters(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

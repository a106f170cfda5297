import { CHARACTERS_A_STEP } from './budget.js';
import type { Evaluation } from './evaluation.js';
import { textValue } from './text.js';
import { allPlaces } from './through.js';
import { type SourceRange, type TextValue, Thunk, unknown, type Value } from './value.js';

// Limits on joined texts: a few nested interpolations could make a text of any size.
export const LONGEST_TEXT = 65_536;
const MOST_SEGMENTS = 4096;

/** Joins texts into one; the result is unknown when one of the values is unknown or not a text. */
export function joined(values: readonly Value[], where: SourceRange, evaluation: Pick<Evaluation, 'spend'>): Value {
  const unfollowed = values.find((value) => value.kind !== 'text');
  if (unfollowed) {
    const inputs = values.map(Thunk.of);
    if (unfollowed.kind !== 'unknown') return unknown('not-text', where, { inputs });
    return { ...unfollowed, inputs };
  }
  const texts = values.filter((value) => value.kind === 'text');
  const [length, segments, places] = [sum(texts, lengthOf), sum(texts, segmentsOf), sum(texts, placesOf)];
  if (length > LONGEST_TEXT || segments > MOST_SEGMENTS) return unknown('too-large', where);
  if (!evaluation.spend(segments + places + length / CHARACTERS_A_STEP.read)) return unknown('too-heavy', where);
  return textValue(
    texts.flatMap((text) => text.segments),
    allPlaces(texts.map(({ through }) => through)),
  );
}

function sum(texts: readonly TextValue[], size: (text: TextValue) => number): number {
  return texts.reduce((total, text) => total + size(text), 0);
}

function lengthOf({ text }: TextValue): number {
  return text.length;
}

function segmentsOf({ segments }: TextValue): number {
  return segments.length;
}

function placesOf({ through = [] }: TextValue): number {
  return through.length;
}

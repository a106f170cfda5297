import { textValue } from './text.js';
import { allPlaces } from './through.js';
import { type SourceRange, Thunk, unknown, type Value } from './value.js';

// Bounds on what interpolation can make of a few characters.
const LONGEST_TEXT = 65_536;
const MOST_SEGMENTS = 4096;

/** Texts put together; unknown when one of them is. */
export function joined(values: readonly Value[], where: SourceRange): Value {
  const unfollowed = values.find((value) => value.kind !== 'text');
  if (unfollowed) {
    const inputs = values.map(Thunk.of);
    if (unfollowed.kind !== 'unknown') return unknown('not-text', where, { inputs });
    return { ...unfollowed, inputs };
  }
  const texts = values.flatMap((value) => (value.kind === 'text' ? [value] : []));
  const segments = texts.flatMap((text) => text.segments);
  if (segments.length > MOST_SEGMENTS) return unknown('too-large', where);
  const text = textValue(segments, allPlaces(texts.map(({ through }) => through)));
  return text.text.length > LONGEST_TEXT ? unknown('too-large', where) : text;
}

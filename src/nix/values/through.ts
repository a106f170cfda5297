import { type ListValue, rangeKey, type SetValue, type SourceRange, type TextValue, type Value } from './value.js';

type Places = readonly SourceRange[] | undefined;

/** The same value with one more place that it came through. Only texts, sets and lists keep such places: pins have no other values. */
export function cameThrough(value: Value, place: SourceRange): Value {
  return isPlaced(value) ? { ...value, through: allPlaces([value.through, [place]]) } : value;
}

/** The same value with the places of the set or list that it was taken from. */
export function takenOutOf(value: Value, whole: Value): Value {
  if (!isPlaced(value) || !isPlaced(whole)) return value;
  const within = allPlaces([value.within, whole.through, whole.within]);
  return within ? { ...value, within } : value;
}

function isPlaced(value: Value): value is TextValue | SetValue | ListValue {
  return value.kind === 'set' || value.kind === 'text' || value.kind === 'list';
}

// How many places a value keeps. They serve to find comments near a pin; only a text that is made to be slow has more.
const MOST_PLACES = 128;

/** The places of several values, each once, at most MOST_PLACES of them. */
export function allPlaces(places: readonly Places[]): Places {
  const [first, ...others] = places.filter((each) => each !== undefined && each.length > 0);
  if (!first) return undefined;
  const more = others.flatMap((each) => each ?? []);
  return more.length === 1 ? withPlace(first, more) : distinctPlaces(first, more);
}

function withPlace(places: readonly SourceRange[], [place]: readonly SourceRange[]): readonly SourceRange[] {
  if (!place || places.length >= MOST_PLACES) return places;
  const isThere = places.some(
    ({ file, start, end }) => start === place.start && end === place.end && file === place.file,
  );
  return isThere ? places : [...places, place];
}

function distinctPlaces(places: readonly SourceRange[], more: readonly SourceRange[]): readonly SourceRange[] {
  if (more.length === 0) return places;
  const unique = new Map([...places, ...more].map((place) => [rangeKey(place), place]));
  return [...unique.values()].slice(0, MOST_PLACES);
}

import { type ListValue, rangeKey, type SetValue, type SourceRange, type TextValue, type Value } from './value.js';

type Places = readonly SourceRange[] | undefined;

/** The same value, which came through one more place. Texts, sets and lists remember that; nothing else is a part of a pin. */
export function cameThrough(value: Value, place: SourceRange): Value {
  return isPlaced(value) ? { ...value, through: allPlaces([value.through, [place]]) } : value;
}

/** The same value, which was taken out of a set or a list. */
export function takenOutOf(value: Value, whole: Value): Value {
  if (!isPlaced(value) || !isPlaced(whole)) return value;
  const within = allPlaces([value.within, whole.through, whole.within]);
  return within ? { ...value, within } : value;
}

function isPlaced(value: Value): value is TextValue | SetValue | ListValue {
  return value.kind === 'set' || value.kind === 'text' || value.kind === 'list';
}

// People write comments near a pin. A value that came through more places than these is in a text that was made to be heavy.
const MOST_PLACES = 128;

/** The places of several values, each once, the first of them when there are very many. */
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

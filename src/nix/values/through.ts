import { rangeKey, type SourceRange, type Value } from './value.js';

type Places = readonly SourceRange[] | undefined;

/** The same value, which came through one more place. Sets and texts remember that; nothing else is a part of a pin. */
export function cameThrough(value: Value, place: SourceRange): Value {
  if (value.kind !== 'set' && value.kind !== 'text') return value;
  return { ...value, through: allPlaces([value.through, [place]]) };
}

/** The places of several values, each once. */
export function allPlaces(places: readonly Places[]): Places {
  const [first, ...others] = places.filter((each) => each !== undefined && each.length > 0);
  if (others.length === 0) return first;
  const unique = new Map([first, ...others].flatMap((each) => each ?? []).map((place) => [rangeKey(place), place]));
  return [...unique.values()];
}

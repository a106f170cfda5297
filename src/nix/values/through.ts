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

/** The places of several values, each once. */
export function allPlaces(places: readonly Places[]): Places {
  const [first, ...others] = places.filter((each) => each !== undefined && each.length > 0);
  if (others.length === 0) return first;
  const unique = new Map([first, ...others].flatMap((each) => each ?? []).map((place) => [rangeKey(place), place]));
  return [...unique.values()];
}

import { allPlaces } from './through.js';
import { type SourceRange, Thunk, unknown, type Value } from './value.js';

/** `left // right`. Where the right side is not known, it may override anything. */
export function merged(left: Value, right: Value, where: SourceRange): Value {
  const inputs = [Thunk.of(left), Thunk.of(right)];
  if (!mayBeSet(left) || !mayBeSet(right)) return unknown('unsupported', where, { inputs });
  const literals = [left, right].flatMap((value) => (value.kind === 'set' ? value.literals : []));
  const through = allPlaces([left, right].map((value) => (value.kind === 'set' ? value.through : undefined)));
  if (right.kind === 'unknown') {
    return { kind: 'set', attributes: new Map(), literals, rest: { ...right, inputs }, through };
  }
  if (right.kind !== 'set') return right;
  if (right.rest) return { ...right, literals, rest: { ...right.rest, inputs }, through };
  const attributes = new Map(left.kind === 'set' ? left.attributes : []);
  for (const [name, thunk] of right.attributes) attributes.set(name, thunk);
  const rest = left.kind === 'set' ? left.rest : left.kind === 'unknown' ? left : undefined;
  return { kind: 'set', attributes, literals, rest, through };
}

function mayBeSet({ kind }: Value): boolean {
  return kind === 'set' || kind === 'unknown';
}

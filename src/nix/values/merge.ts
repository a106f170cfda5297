import type { Evaluation } from './evaluation.js';
import { allPlaces } from './through.js';
import { type SetValue, type SourceRange, Thunk, unknown, type Value } from './value.js';

/** `left // right`. Where the right side is not known, it may override anything. */
export function merged(left: Value, right: Value, where: SourceRange, evaluation: Pick<Evaluation, 'spend'>): Value {
  const inputs = [Thunk.of(left), Thunk.of(right)];
  if (!mayBeSet(left) || !mayBeSet(right)) return unknown('unsupported', where, { inputs });
  const sets = [left, right].filter((value) => value.kind === 'set');
  if (!evaluation.spend(sets.reduce((sum, set) => sum + sizeOf(set), 0))) return unknown('too-heavy', where);
  const literals = distinctLiterals(sets);
  const through = allPlaces(sets.map((set) => set.through));
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

function sizeOf({ attributes, literals, through = [] }: SetValue): number {
  return attributes.size + literals.length + through.length;
}

/** More than these are looked up in a set of their own: making one takes as long as looking through a list for so many. */
const FEW = 8;

/** The literals of both sides, each once, as a set may be merged with itself. Those of one side are distinct. */
function distinctLiterals([first, second]: readonly SetValue[]): SetValue['literals'] {
  if (!first || !second) return first?.literals ?? [];
  const more = second.literals;
  const known = more.length > FEW ? new Set(first.literals) : undefined;
  const added = more.filter((literal) => !(known ? known.has(literal) : first.literals.includes(literal)));
  return added.length === 0 ? first.literals : [...first.literals, ...added];
}

function mayBeSet({ kind }: Value): boolean {
  return kind === 'set' || kind === 'unknown';
}

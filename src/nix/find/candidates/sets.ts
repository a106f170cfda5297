import { constantText } from '../../language/string-text.js';
import type * as Syntax from '../../language/syntax.js';
import { rangeIn, type Scope, type SetValue, type SourceRange, type Value } from '../../values/value.js';
import { mayGiveImage } from '../images/image-parts.js';
import type { Visit, Walk, WalkState } from './candidate.js';

type Here = Pick<Visit, 'scope' | 'state'>;

/** Attributes that may hold a digest, alone or after a tag. */
const DIGEST_NAMES: ReadonlySet<string> = new Set(['imageDigest', 'digest', 'tag', 'imageTag']);

/** A set with a digest is a candidate. So is a set inside it that is written as `name.imageDigest = …;`. */
export function addSets(set: Syntax.AttributeSet, { scope, state }: Here, walk: Walk): void {
  const isDigest = (name: Syntax.AttributeName | undefined) => name && DIGEST_NAMES.has(staticName(name, scope) ?? '');
  const hasDigest = set.bindings.some((binding) =>
    binding.kind === 'inherit' ? binding.names.some(isDigest) : binding.path.length === 1 && isDigest(binding.path[0]),
  );
  const isDotted = set.bindings.some((binding) => binding.kind === 'assignment' && binding.path.length > 1);
  if (!hasDigest && !isDotted) return;
  const value = walk.evaluation.evaluate(set, scope);
  if (value.kind !== 'set') return;
  if (hasDigest) addArguments(value, rangeIn(scope, set), state, walk);
  addDottedSets(set, (name) => value.attributes.get(name)?.force(), { scope, state }, walk);
}

/** `redis.imageName = …; redis.imageDigest = …;` */
export function addDottedSets(
  { bindings }: { readonly bindings: readonly Syntax.Binding[] },
  lookUp: (name: string) => Value | undefined,
  { scope, state }: Here,
  walk: Walk,
): void {
  for (const { binding, path, start, end } of dottedSets(bindings).values()) {
    const [first = '', ...steps] = path.slice(0, -1);
    let value = lookUp(first);
    for (const step of steps) value = value?.kind === 'set' ? value.attributes.get(step)?.force() : undefined;
    if (value?.kind !== 'set') continue;
    addArguments(value, rangeIn(scope, { start, end }), { ...state, statement: rangeIn(scope, binding) }, walk);
  }
}

/** Whether a set has both a name and a digest, or an image in several attributes. */
export function addArguments(value: SetValue, written: SourceRange, state: WalkState, walk: Walk): void {
  if (!mayGiveImage((name) => value.attributes.has(name))) return;
  walk.add({ kind: 'arguments', value }, written, state);
}

/** An attribute name that is a bare name or a string without interpolations. */
export function staticName(name: Syntax.AttributeName, scope: Scope): string | undefined {
  if (name.kind === 'variable') return name.name;
  return name.kind === 'string' ? constantText(scope.file.source, name) : undefined;
}

// How many names a dotted path may have; pins never need more.
const LONGEST_PATH = 50;

/** A dotted set with a digest: the binding of the digest, and the range from the first to the last binding of the set. */
interface DottedSet {
  readonly binding: Syntax.Assignment;
  readonly path: readonly string[];
  start: number;
  end: number;
}

/** The dotted sets of some bindings, by their names. */
function dottedSets(bindings: readonly Syntax.Binding[]): Map<string, DottedSet> {
  const dotted = bindings.flatMap((binding) => {
    const isDotted = binding.kind === 'assignment' && binding.path.length > 1 && binding.path.length <= LONGEST_PATH;
    return isDotted ? [{ binding, path: dottedPath(binding.path) }] : [];
  });
  const sets = new Map<string, DottedSet>();
  for (const { binding, path } of dotted) {
    const prefix = path.slice(0, -1).join('.');
    if (!DIGEST_NAMES.has(path.at(-1) ?? '') || sets.has(prefix)) continue;
    sets.set(prefix, { binding, path, start: binding.start, end: binding.end });
  }
  if (sets.size === 0) return sets;
  for (const { binding, path } of dotted) {
    for (let length = 1; length < path.length; length++) {
      const set = sets.get(path.slice(0, length).join('.'));
      if (!set) continue;
      set.start = Math.min(set.start, binding.start);
      set.end = Math.max(set.end, binding.end);
    }
  }
  return sets;
}

/** The names of a path; one that is not written as a bare name matches nothing. */
function dottedPath(path: Syntax.AttributePath): string[] {
  return path.map((name) => (name.kind === 'variable' ? name.name : ''));
}

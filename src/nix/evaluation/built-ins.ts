import type { Range } from '../language/position.js';
import type { Evaluator } from './evaluator.js';
import type { Scope } from './scope.js';
import { Thunk, textOf, type Value } from './value.js';

/** A function of Nix or of nixpkgs' lib that pins are written with. */
export interface BuiltIn {
  readonly arity: number;
  apply(evaluator: Evaluator, args: readonly Thunk[], where: Range, scope: Scope): Value;
}

const NULL: Value = { kind: 'other', text: 'null' };

type Apply = (
  values: readonly [first: Value, second: Value],
  context: { evaluator: Evaluator; args: readonly Thunk[]; where: Range; scope: Scope },
) => Value | undefined;

// Known by the last step of their path, so that `builtins.map`, `lib.map` and `map` are one.
const FUNCTIONS: readonly (readonly [name: string, arity: number, apply: Apply])[] = [
  [
    'import',
    1,
    ([path], { evaluator, where, scope }) =>
      path.kind === 'path' ? evaluator.importNix(path.path, where, scope) : undefined,
  ],
  [
    'importJSON',
    1,
    ([path], { evaluator, where, scope }) =>
      path.kind === 'path' ? evaluator.importJson(path.path, where, scope) : undefined,
  ],
  ['readFile', 1, ([path]) => (path.kind === 'path' ? { kind: 'file-text', path: path.path } : undefined)],
  [
    'fromJSON',
    1,
    ([text], { evaluator, where, scope }) =>
      text.kind === 'file-text' ? evaluator.importJson(text.path, where, scope) : undefined,
  ],
  ['toString', 1, ([value]) => asText(value)],
  ['removeAttrs', 2, ([set, names]) => withoutAttributes(set, names)],
  [
    'getAttr',
    2,
    ([name, set], { evaluator, where, scope }) =>
      name.kind === 'text' ? evaluator.attribute(set, name.text, where, scope) : undefined,
  ],
  ['optionalString', 2, ([condition, text]) => chosen(condition, text, textOf([]))],
  [
    'optionalAttrs',
    2,
    ([condition, set]) => chosen(condition, set, { kind: 'set', attributes: new Map(), literals: [] }),
  ],
  ['map', 2, ([f, list], { evaluator }) => mapped(f, list, evaluator)],
  ['mapAttrs', 2, ([f, set], { evaluator }) => mappedAttributes(f, set, evaluator)],
  ['throw', 1, (_, { evaluator, where, scope }) => evaluator.unknown('throws', where, scope)],
  ['abort', 1, (_, { evaluator, where, scope }) => evaluator.unknown('throws', where, scope)],
];

/** Those functions, by the last step of the path that they are reached by. */
export const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map(
  FUNCTIONS.map(([name, arity, apply]) => [name, { arity, apply: strictly(apply) }]),
);

/** Evaluates the arguments; where the function can do nothing with them, an unknown one is to blame, or else the call. */
function strictly(apply: Apply): BuiltIn['apply'] {
  return (evaluator, args, where, scope) => {
    const [first = NULL, second = NULL] = args.map((arg) => arg.force());
    const result = apply([first, second], { evaluator, args, where, scope });
    if (result) return result;
    const unknown = [first, second].find((value) => value.kind === 'unknown');
    return unknown ?? evaluator.unknown('call', where, scope);
  };
}

/** Names that Nix itself binds, so that no `with` can bind them. */
export const GLOBAL_NAMES: ReadonlySet<string> = new Set([
  ...[
    'abort',
    'baseNameOf',
    'builtins',
    'derivation',
    'dirOf',
    'false',
    'fetchGit',
    'fetchTarball',
    'fromTOML',
    'import',
  ],
  ...['isNull', 'map', 'null', 'placeholder', 'removeAttrs', 'scopedImport', 'throw', 'toString', 'true'],
]);

function asText(value: Value): Value | undefined {
  if (value.kind === 'text') return value;
  return value.kind === 'other' ? textOf([{ text: value.text }]) : undefined;
}

function chosen(condition: Value, value: Value, otherwise: Value): Value | undefined {
  return condition.kind === 'boolean' ? (condition.value ? value : otherwise) : undefined;
}

function withoutAttributes(set: Value, names: Value): Value | undefined {
  if (set.kind !== 'set' || names.kind !== 'list') return undefined;
  const attributes = new Map(set.attributes);
  for (const item of names.items) {
    const name = item.force();
    if (name.kind !== 'text') return undefined;
    attributes.delete(name.text);
  }
  return { ...set, attributes };
}

function mapped(f: Value, list: Value, evaluator: Evaluator): Value | undefined {
  if (f.kind !== 'function' || list.kind !== 'list') return undefined;
  return {
    kind: 'list',
    items: list.items.map((item) => evaluator.thunk(f.lambda, f.scope, () => evaluator.call(f, item))),
  };
}

function mappedAttributes(f: Value, set: Value, evaluator: Evaluator): Value | undefined {
  if (f.kind !== 'function' || set.kind !== 'set') return undefined;
  const attributes = new Map<string, Thunk>();
  for (const [name, thunk] of set.attributes) {
    const compute = () => {
      const inner = evaluator.call(f, Thunk.of(textOf([{ text: name }])));
      if (inner.kind === 'function') return evaluator.call(inner, thunk);
      return evaluator.unknown('call', f.lambda, f.scope);
    };
    attributes.set(name, evaluator.thunk(f.lambda, f.scope, compute));
  }
  return { kind: 'set', attributes, literals: [], rest: set.rest };
}

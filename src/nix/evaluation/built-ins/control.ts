import { type SourceRange, Thunk, unknown, type Value } from '../../values/value.js';
import { type BuiltIn, type BuiltIns, strict } from './built-in.js';

/** Functions that stop an evaluation, hand a value on, or call another function. */
export const CONTROL: BuiltIns = {
  throw: strict(1, (_, { where }) => unknown('throws', where)),
  abort: strict(1, (_, { where }) => unknown('throws', where)),
  id: argument(0, 1),
  const: argument(0, 2),
  seq: argument(1, 2),
  deepSeq: argument(1, 2),
  trace: argument(1, 2),
  warn: argument(1, 2),
  traceVal: argument(0, 1),
  warnIf: argument(2, 3),
  // Priorities of the module system: a single definition counts whatever its priority is; among several, pullpin chooses none.
  mkDefault: argument(0, 1),
  mkForce: argument(0, 1),
  mkOverride: argument(1, 2),
  pipe: strict(2, ([value, functions], { evaluation, where }) => {
    if (functions.kind !== 'list') return undefined;
    return functions.items.reduce((piped, f) => evaluation.apply(f.force(), [Thunk.of(piped)], where), value);
  }),
  makeOverridable: {
    arity: 2,
    apply: ([f, given], { evaluation, where }) =>
      f && given ? evaluation.apply(f.force(), [given], where) : unknown('call', where),
  },
  callPackage: strict(2, ([what, given], { evaluation, where }) => {
    const callee = what.kind === 'path' ? evaluation.importNix(what.path, where) : what;
    return callee.kind === 'function' ? evaluation.apply(callee, [packageArguments(given, where)], where) : undefined;
  }),
};

function argument(at: number, arity: number): BuiltIn {
  return {
    arity,
    apply: (args, { where }) => args[at]?.force() ?? unknown('call', where, { inputs: args }),
  };
}

/** The argument that callPackage gives to a function: the attributes of `given`, and packages by name, which are not known here. */
function packageArguments(given: Value, where: SourceRange): Thunk {
  if (given.kind === 'set' && !given.rest) return Thunk.of(given);
  const open = given.kind === 'set' ? given.rest : given;
  const inputs = [Thunk.of(given)];
  const rest = open?.kind === 'unknown' ? { ...open, spelling: [], inputs } : unknown('call', where, { inputs });
  return Thunk.of({ kind: 'set', attributes: new Map(), literals: [], rest });
}

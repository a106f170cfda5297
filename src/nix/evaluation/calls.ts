import type { Range } from '../language/position.js';
import type * as Syntax from '../language/syntax.js';
import { stepInto } from '../values/attributes.js';
import type { Evaluation, Step } from '../values/evaluation.js';
import type { Bindings } from '../values/scope.js';
import { systemGiven } from '../values/systems.js';
import { cameThrough } from '../values/through.js';
import {
  type BuiltInValue,
  type FunctionValue,
  rangeIn,
  type Scope,
  type SourceRange,
  Thunk,
  type UnfollowableCode,
  type UnknownValue,
  unknown,
  type Value,
} from '../values/value.js';
import { BUILT_INS, builtInAt } from './built-ins/built-ins.js';

const LIMITS: ReadonlySet<UnfollowableCode> = new Set(['too-deep', 'too-large', 'too-heavy', 'endless']);

// When a call cannot be followed, only its first arguments are kept as inputs: a pin has a few, a hostile text may have thousands.
const MOST_INPUTS = 500;

export const apply: Step<Syntax.Apply> = (expression, scope, evaluation) => {
  const { head, args } = spine(expression);
  const given = args.map((each) => evaluation.later(each, scope));
  const value = applyValue(evaluation.evaluate(head, scope), given, rangeIn(scope, expression), evaluation);
  return value.kind === 'unknown' ? ofSystem(value, args, given) : value;
};

/**
 * `import nixpkgs { system = "aarch64-linux"; }` gives packages for that system. Only sets that are written in the call itself can give the
 * system.
 */
function ofSystem(value: UnknownValue, args: readonly Syntax.Expression[], given: readonly Thunk[]): UnknownValue {
  const sets = given.filter((_, at) => args[at]?.kind === 'set');
  const [system] = sets.flatMap((argument) => systemGiven(argument.force()) ?? []);
  return system === undefined ? value : { ...value, system };
}

/** Applies a value to arguments, one after the other, as `f a b` does. */
export function applyValue(callee: Value, args: readonly Thunk[], where: SourceRange, evaluation: Evaluation): Value {
  let value = callee;
  for (const argument of args) value = applyOnce(value, argument, where, evaluation);
  return value;
}

function applyOnce(callee: Value, argument: Thunk, where: SourceRange, evaluation: Evaluation): Value {
  const value = callee.kind === 'unknown' ? (builtInAt(callee) ?? callee) : callee;
  if (value.kind === 'function') return callFunction(value, argument, evaluation);
  if (value.kind === 'built-in') return applyBuiltIn(value, argument, where, evaluation);
  if (value.kind !== 'unknown') return unknown('call', where, { inputs: [Thunk.of(value), argument] });
  if (LIMITS.has(value.deadEnd.code)) return value;
  const inputs = value.inputs.length < MOST_INPUTS ? [...value.inputs, argument] : value.inputs;
  return unknown('call', where, { inputs, system: value.system });
}

function applyBuiltIn(
  { name, given, system }: BuiltInValue,
  argument: Thunk,
  where: SourceRange,
  evaluation: Evaluation,
): Value {
  const args = [...given, argument];
  const builtIn = BUILT_INS.get(name);
  if (!builtIn) throw new TypeError(`there is no built-in function ${name}`);
  return args.length < builtIn.arity
    ? { kind: 'built-in', name, given: args, system }
    : builtIn.apply(args, { evaluation, where });
}

/** Applies a function that is defined in the given files to one argument. */
function callFunction({ lambda, scope }: FunctionValue, argument: Thunk, evaluation: Evaluation): Value {
  const value = evaluation.evaluate(lambda.body, parameterScope(lambda, scope, evaluation, argument));
  return cameThrough(value, rangeIn(scope, lambda));
}

/** The scope of a function's body. Without an argument, a parameter has its default, and a parameter without a default is unknown. */
export function parameterScope(lambda: Syntax.Lambda, scope: Scope, evaluation: Evaluation, argument?: Thunk): Scope {
  const bindings = new Parameters(lambda, argument, evaluation);
  const inner = scope.inner(bindings);
  bindings.scope = inner;
  return inner;
}

/** The parameters of one call, each bound when the body asks for it: many calls of a function with many defaults would take quadratic work. */
class Parameters implements Bindings<Thunk> {
  /** The scope of the body, in which defaults stand. */
  scope: Scope | undefined;
  private readonly bound = new Map<string, Thunk>();
  private refusal: { readonly isThere: boolean } | undefined;

  constructor(
    private readonly lambda: Syntax.Lambda,
    private readonly argument: Thunk | undefined,
    private readonly evaluation: Evaluation,
  ) {}

  get(name: string): Thunk | undefined {
    const known = this.bound.get(name);
    if (known) return known;
    const made = this.bind(name);
    if (made) this.bound.set(name, made);
    return made;
  }

  private bind(name: string): Thunk | undefined {
    const { lambda, argument, evaluation, scope } = this;
    if (!scope) throw new TypeError('a parameter is asked for before its scope is there');
    const formal = formalsOf(lambda).get(name);
    if (formal) {
      const where = rangeIn(scope, formal);
      const bound = (): Value =>
        this.isRefused() ? unknown('throws', where) : boundFormal(formal, scope, argument, evaluation);
      return evaluation.thunk(where, bound);
    }
    if (name !== lambda.parameter) return undefined;
    const parameter = rangeIn(scope, headOf(lambda));
    if (!argument) return Thunk.of(unknown('parameter', parameter, { spelling: [name], parameter }));
    return evaluation.thunk(parameter, () => (this.isRefused() ? unknown('throws', parameter) : argument.force()));
  }

  /** Whether Nix refuses the call: without `...`, a function takes no other attributes than those that it names. */
  private isRefused(): boolean {
    this.refusal ??= { isThere: this.findRefusal() };
    return this.refusal.isThere;
  }

  private findRefusal(): boolean {
    const isClosed = this.lambda.formals !== undefined && !this.lambda.ellipsis;
    const given = isClosed ? this.argument?.force() : undefined;
    if (given?.kind !== 'set' || given.rest !== undefined) return false;
    const named = formalsOf(this.lambda);
    return [...given.attributes.keys()].some((name) => !named.has(name));
  }
}

/** The places of the parameters of a function, as a value that ends at one of them names it. */
export function parametersOf(lambda: Syntax.Lambda): Range[] {
  return [headOf(lambda), ...(lambda.formals ?? [])];
}

/** The place of the name for the whole argument. */
function headOf({ formals = [], parameter = '', start }: Syntax.Lambda): Range {
  return { start, end: formals.length > 0 ? start : start + parameter.length };
}

const formalsByName = new WeakMap<Syntax.Lambda, ReadonlyMap<string, Syntax.Formal>>();

function formalsOf(lambda: Syntax.Lambda): ReadonlyMap<string, Syntax.Formal> {
  const known = formalsByName.get(lambda);
  if (known) return known;
  const made = new Map((lambda.formals ?? []).map((formal) => [formal.name, formal]));
  formalsByName.set(lambda, made);
  return made;
}

function boundFormal(formal: Syntax.Formal, inner: Scope, argument: Thunk | undefined, evaluation: Evaluation): Value {
  const { name, fallback } = formal;
  const given = argument?.force();
  const attribute = given?.kind === 'set' ? given.attributes.get(name) : undefined;
  if (attribute) return attribute.force();
  const mayBeGiven = given !== undefined && (given.kind !== 'set' || given.rest !== undefined);
  if (fallback && !mayBeGiven) {
    if (!argument) evaluation.noteDefault();
    if (argument || !evaluation.areDefaultsOpen) return evaluation.evaluate(fallback, inner);
    const inputs = [evaluation.later(fallback, inner)];
    return openParameter(formal, inner, inputs);
  }
  const rest = given?.kind === 'set' ? given.rest : given;
  if (!mayBeGiven || !argument || rest?.kind !== 'unknown') return openParameter(formal, inner, []);
  // What ended there is the argument, whatever other calls of the function give.
  const inputs = [argument, ...(fallback ? [evaluation.later(fallback, inner)] : [])];
  return { ...stepInto(rest, [name], rest.deadEnd), inputs };
}

function openParameter(formal: Syntax.Formal, inner: Scope, inputs: readonly Thunk[]): UnknownValue {
  const parameter = rangeIn(inner, formal);
  return unknown('parameter', parameter, { spelling: [formal.name], inputs, parameter });
}

/** Splits `f a b` into `f`, its arguments, and its calls (`f a`, `f a b`), the innermost first. Parentheses around `f a` make no difference. */
export function spine(expression: Syntax.Apply): {
  head: Syntax.Expression;
  args: Syntax.Expression[];
  applications: Syntax.Apply[];
} {
  const applications: Syntax.Apply[] = [];
  let head: Syntax.Expression = expression;
  while (head.kind === 'apply' || head.kind === 'parenthesized') {
    if (head.kind === 'apply') applications.push(head);
    head = head.kind === 'apply' ? head.function : head.expression;
  }
  applications.reverse();
  return { head, args: applications.map(({ argument }) => argument), applications };
}

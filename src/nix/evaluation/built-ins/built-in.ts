import { CHARACTERS_A_STEP } from '../../values/budget.js';
import type { Evaluation } from '../../values/evaluation.js';
import { NULL, type SourceRange, type TextValue, type Thunk, unknown, type Value } from '../../values/value.js';

/** The call that applies a function: where it stands, and the evaluation that it is part of. */
export interface Call {
  readonly evaluation: Evaluation;
  readonly where: SourceRange;
}

/** A function of Nix or of nixpkgs' lib that pins are written with. */
export interface BuiltIn {
  readonly arity: number;
  apply(args: readonly Thunk[], call: Call): Value;
}

/** Functions by name, one a line. */
export type BuiltIns = Readonly<Record<string, BuiltIn>>;

type Values = readonly [first: Value, second: Value, third: Value];

/**
 * A function that needs the values of all its arguments. Where it cannot compute a result, the result is the unknown argument, or else an unknown
 * call.
 *
 * @param compute returns undefined when it cannot compute a result from the arguments
 */
export function strict(arity: number, compute: (values: Values, call: Call) => Value | undefined): BuiltIn {
  return {
    arity,
    apply: (args, call) => {
      const values = args.map((arg) => arg.force());
      const work = values.reduce((sum, value) => sum + sizeOf(value), 0);
      if (!call.evaluation.spend(work)) return unknown('too-heavy', call.where);
      const [first = NULL, second = NULL, third = NULL] = values;
      const result = compute([first, second, third], call);
      if (result) return result;
      const blamed = values.find((value) => value.kind === 'unknown');
      return blamed ? { ...blamed, inputs: args } : unknown('arguments', call.where, { inputs: args });
    },
  };
}

/** The steps that it costs to read a value once. */
function sizeOf(value: Value): number {
  switch (value.kind) {
    case 'text':
      return value.segments.length + value.text.length / CHARACTERS_A_STEP.read;
    case 'list':
      return value.items.length;
    case 'set':
      return value.attributes.size;
    default:
      return 0;
  }
}

/** A whole number; undefined for any other value. */
export function integerOf(value: Value): number | undefined {
  return value.kind === 'other' && /^-?\d{1,9}$/.test(value.text) ? Number(value.text) : undefined;
}

/** The texts of a list; undefined when the value is anything else than a list of texts. */
export function textsOf(list: Value): TextValue[] | undefined {
  if (list.kind !== 'list') return undefined;
  const items = list.items.map((item) => item.force());
  const texts = items.filter((item) => item.kind === 'text');
  return texts.length === items.length ? texts : undefined;
}

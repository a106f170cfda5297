import { spine } from '../../evaluation/calls.js';
import type * as Syntax from '../../language/syntax.js';
import { rangeIn } from '../../values/value.js';
import { CallWalk } from './call-walk.js';
import type { Visit, Walk } from './candidate.js';
import { isFetcher } from './fetchers.js';
import { machineAmong, systemAmongArguments } from './modules.js';
import { noteCall } from './unknown-calls.js';

type Here = Pick<Visit, 'scope' | 'state'>;

/** A call of pullImage is a candidate. For a call of a local function, or a `map` of one, the walk also enters the body of that function. */
export function enterCalls(expression: Syntax.Apply, { scope, state }: Here, walk: Walk): Visit[] {
  const { head, args, applications } = spine(expression);
  const isImport = head.kind === 'variable' && head.name === 'import';
  const callee = walk.evaluation.evaluate(isImport && applications[0] ? applications[0] : head, scope);
  const passed = isImport ? args.slice(1) : args;
  const given = passed.map((arg) => walk.evaluation.later(arg, scope));
  const where = rangeIn(scope, expression);
  const call = new CallWalk(writtenName(head), where, scope, walk);
  if (isFetcher(callee)) {
    // Nothing else is to know about it: a fetcher calls nothing that it is given.
    walk.noteKnown(where);
    const inside = [head, ...args].map((inner) => ({ expression: inner, scope, state }));
    return [...inside, ...call.enter(callee, given, state)];
  }
  const machine = machineAmong(passed, given, walk.evaluation);
  const systemNear = callee.kind === 'unknown' ? systemAmongArguments(passed, given) : undefined;
  const within = { ...state, system: state.system ?? machine?.system, systemNear: systemNear ?? state.systemNear };
  // `f a b` is one call: the inner `f a` is not handled as another one.
  const inside = [head, ...args].map((inner) => ({ expression: inner, scope, state: within }));
  const modules = machine?.visits(where, within) ?? [];
  const entered = call.enter(callee, given, state);
  const elsewhere = noteCall({ callee, where, written: passed, given, scope, entered: call.entered }, walk);
  return [...inside, ...modules, ...entered, ...elsewhere];
}

/** The names of `a.b.c`; empty for any other kind of expression. */
function writtenName(expression: Syntax.Expression): string[] {
  if (expression.kind === 'variable') return [expression.name];
  if (expression.kind !== 'select') return [];
  const path = expression.path.map((name) => (name.kind === 'variable' ? name.name : ''));
  return [...writtenName(expression.subject), ...path];
}

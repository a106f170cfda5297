import { parameterScope, spine } from '../../evaluation/calls.js';
import type * as Syntax from '../../language/syntax.js';
import { computedText } from '../../values/text.js';
import { takenOutOf } from '../../values/through.js';
import { type FunctionValue, rangeIn, type Scope, Thunk, type Value } from '../../values/value.js';
import type { Visit, Walk, WalkState } from './candidate.js';

// A local function may call another one, and so on; more levels than this hold no pins.
const DEEPEST_CALL = 6;

const MAPPING = new Set(['map', 'mapAttrs', "mapAttrs'", 'mapAttrsToList', 'concatMap', 'forEach']);
const FIXED_POINTS = /^(mkDerivation|build\w+(Package|Module|Application)|fix)$/;
const MAY_BE_PIN = /pull|image|digest|@/i;

type Here = Pick<Visit, 'scope' | 'state'>;

/** A call of pullImage is a candidate; of a call of a local function, or of one that maps one, the body is looked at too. */
export function enterCalls(expression: Syntax.Apply, { scope, state }: Here, walk: Walk): Visit[] {
  const { head, args } = spine(expression);
  // Only the outermost of `f a b` is looked at as a call.
  const inside = [head, ...args].map((inner) => ({ expression: inner, scope, state }));
  return [...inside, ...enterBody(expression, { scope, state }, walk)];
}

function enterBody(expression: Syntax.Apply, { scope, state }: Here, walk: Walk): Visit[] {
  const { head, args, applications } = spine(expression);
  const [argument] = args;
  if (!argument) return [];
  const isImport = head.kind === 'variable' && head.name === 'import';
  const callee = walk.evaluation.evaluate(isImport && applications[0] ? applications[0] : head, scope);
  const written = writtenName(head);
  const name = nameOf(callee) ?? written;
  const isPull = [name, written].some((spelling) => /pullImage(FromManifest)?$/.test(spelling.at(-1) ?? ''));
  if (isPull) {
    const functionName = /pullImage/.test(name.at(-1) ?? '') ? name : written;
    const value = walk.evaluation.evaluate(argument, scope);
    walk.add({ kind: 'call', functionName, value }, rangeIn(scope, expression), state);
  }
  if (FIXED_POINTS.test(written.at(-1) ?? '')) return enterFixedPoint(argument, { scope, state }, walk);
  const given = (isImport ? args.slice(1) : args).map((arg) => walk.evaluation.later(arg, scope));
  const fromHere: WalkState = { ...state, caller: state.caller ?? rangeIn(scope, expression) };
  if (callee.kind === 'function') return enter(callee, given, fromHere, walk);
  if (!MAPPING.has(name.at(-1) ?? '')) return [];
  return enterMapped(name.at(-1) === 'forEach' ? given.toReversed() : given, fromHere, walk);
}

/** The body of a local function, with its parameters bound to what a call gives. */
function enter(callee: FunctionValue, given: readonly Thunk[], state: WalkState, walk: Walk): Visit[] {
  const { source } = callee.scope.file;
  const mayBePin = MAY_BE_PIN.test(source.slice(callee.lambda.start, callee.lambda.end));
  if (!mayBePin || state.callDepth >= DEEPEST_CALL || !walk.mayEnter()) return [];
  let scope: Scope = callee.scope;
  let body: Syntax.Expression = callee.lambda;
  for (const argument of given) {
    if (body.kind !== 'lambda') break;
    scope = parameterScope(body, scope, walk.evaluation, argument);
    body = body.body;
  }
  return [{ expression: body, scope, state: { ...state, callDepth: state.callDepth + 1 } }];
}

/** `mkDerivation (finalAttrs: { … })`: the function is given what it returns. */
function enterFixedPoint(argument: Syntax.Expression, { scope, state }: Here, walk: Walk): Visit[] {
  const { evaluation } = walk;
  const callee = evaluation.evaluate(argument, scope);
  if (callee.kind !== 'function') return [];
  const where = rangeIn(scope, argument);
  const result: Thunk = evaluation.thunk(where, () => evaluation.apply(callee, [result], where));
  return enter(callee, [result], state, walk);
}

function enterMapped([f, collection]: readonly Thunk[], state: WalkState, walk: Walk): Visit[] {
  const callee = f?.force();
  if (callee?.kind !== 'function') return [];
  return itemsOf(collection?.force()).flatMap((args) => enter(callee, args, state, walk));
}

/** What a mapped function is given for each item: the item, or name and value. */
function itemsOf(collection: Value | undefined): (readonly Thunk[])[] {
  if (collection?.kind === 'list') return collection.items.map((item) => [taken(item, collection)]);
  if (collection?.kind !== 'set') return [];
  return Array.from(collection.attributes, ([name, item]) => [Thunk.of(computedText(name)), taken(item, collection)]);
}

function taken(item: Thunk, collection: Value): Thunk {
  const compute = () => takenOutOf(item.force(), collection);
  return new Thunk(compute, () => {
    throw new TypeError('an item does not need what is taken of it');
  });
}

/** The name that a value is known by when it is not known otherwise. */
function nameOf(value: Value): readonly string[] | undefined {
  if (value.kind === 'built-in') return [value.name];
  return value.kind === 'unknown' && value.spelling.length > 0 ? value.spelling : undefined;
}

/** `a.b.c` as it is written; nothing for an expression of another kind. */
function writtenName(expression: Syntax.Expression): string[] {
  if (expression.kind === 'variable') return [expression.name];
  if (expression.kind !== 'select') return [];
  const path = expression.path.map((name) => (name.kind === 'variable' ? name.name : ''));
  return [...writtenName(expression.subject), ...path];
}

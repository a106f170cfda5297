import { BUILT_INS, builtInAt } from '../../evaluation/built-ins/built-ins.js';
import { parameterScope } from '../../evaluation/calls.js';
import type * as Syntax from '../../language/syntax.js';
import { isSystem } from '../../values/systems.js';
import {
  type BuiltInValue,
  type FunctionValue,
  isSet,
  rangeIn,
  type Scope,
  type SourceRange,
  type Thunk,
  type Value,
} from '../../values/value.js';
import type { Visit, Walk, WalkState } from './candidate.js';
import { fetcherNamed, isPull, mayBePin, mayFetch } from './fetchers.js';
import { itemsOf } from './items.js';

// How deep local functions may call each other; pins never need more.
const DEEPEST_CALL = 6;

/** Functions that call their first argument for each item of the second, or the other way round. */
const MAPPING = /^(map|mapAttrs'?|mapAttrsToList|concatMap|concatMapAttrs|concatMapStringsSep|genAttrs|forEach)$/;
const NO_NAME = /^(import|map|forEach|genAttrs|mapAttrs.*|concatMap.*)$/;
const COLLECTION_FIRST = /^(genAttrs|forEach)$/;
const FIXED_POINTS = /^(mkDerivation|build\w+(Package|Module|Application)|fix)$/;

/** Handles one call: adds a candidate for a fetcher, and enters the functions that the files define. */
export class CallWalk {
  /** The functions that were entered because of it. */
  readonly entered = new Set<Syntax.Lambda>();

  constructor(
    /** The path of the function as the file spells it. */
    private readonly name: readonly string[],
    private readonly expression: SourceRange,
    private readonly scope: Scope,
    private readonly walk: Walk,
  ) {}

  enter(callee: Value, given: readonly Thunk[], state: WalkState): Visit[] {
    const [argument] = given;
    if (!argument) return [];
    const fromHere: WalkState = { ...state, caller: state.caller ?? this.expression };
    if (callee.kind === 'function') {
      const isFixedPoint = FIXED_POINTS.test(this.name.at(-1) ?? '');
      if (isFixedPoint) return this.enterFixedPoint(callee, state);
      this.note(callee, given, fromHere);
      return this.enterFunction(callee, given, fromHere);
    }
    const builtIn = callee.kind === 'unknown' ? (builtInAt(callee) ?? callee) : callee;
    if (builtIn.kind === 'built-in') return this.enterBuiltIn(builtIn, given, fromHere);
    if (callee.kind !== 'unknown') return [];
    const spelling = [callee.spelling, this.name].find(isPull);
    if (spelling) {
      this.addPull(spelling, callee.system, argument, state);
      return [];
    }
    if (FIXED_POINTS.test(this.name.at(-1) ?? '')) return this.enterFixedPoint(argument.force(), state);
    return this.enterForSystems(given, fromHere);
  }

  /** Records a call whose function may be a fetcher. A function that returns data is not one, whatever its arguments are. */
  private note(callee: FunctionValue, given: readonly Thunk[], { caller, callDepth }: WalkState): void {
    const { walk, expression } = this;
    const sets = given.map((each) => each.force()).filter(isSet);
    if (callDepth >= DEEPEST_CALL || !sets.some(({ attributes }) => attributes.has('imageDigest'))) return;
    if (walk.evaluation.apply(callee, given, expression).kind !== 'unknown') return;
    const name = NO_NAME.test(this.name.at(-1) ?? '') ? '' : this.name.join('.');
    walk.noteCall({ node: caller ?? expression, name, callee: rangeIn(callee.scope, callee.lambda), given: sets });
  }

  private addPull(
    functionName: readonly string[],
    system: string | undefined,
    argument: Thunk,
    state: WalkState,
  ): void {
    const mayAsk = this.walk.evaluation.spend(this.scope.depth >> 3);
    const around = mayAsk ? this.scope.lexical('system') : undefined;
    const systems = { packageSystem: system, systemAround: around && systemOfArgument(around) };
    const fetcher = fetcherNamed(functionName, this.name);
    this.walk.add({ kind: 'call', functionName, fetcher, value: argument.force(), ...systems }, this.expression, state);
  }

  /**
   * Enters the body of a local function, with its parameters bound to the arguments of a call. Any further arguments go to the value that the
   * body returns.
   */
  private enterFunction(callee: FunctionValue, given: readonly Thunk[], state: WalkState): Visit[] {
    const { walk } = this;
    const holdsFetcher = state.holdsFetcher || given.some((argument) => mayFetch(argument.force(), walk.evaluation));
    const mayPull = holdsFetcher || mayBePin(callee, walk.evaluation);
    if (!mayPull) return [];
    if (state.callDepth >= DEEPEST_CALL || !walk.mayEnter()) {
      walk.noteUnknown({ written: this.expression, callee, given: [callee], all: given, isKnown: true });
      return [];
    }
    let scope: Scope = callee.scope;
    let body: Syntax.Expression = callee.lambda;
    let system = state.system;
    let left = given;
    for (let [argument] = left; argument && body.kind === 'lambda'; [argument] = left) {
      system = systemOfArgument(argument) ?? system;
      walk.noteEntered(body, scope);
      this.entered.add(body);
      scope = parameterScope(body, scope, walk.evaluation, argument);
      body = body.body;
      left = left.slice(1);
    }
    const inner = { ...state, system, holdsFetcher, callDepth: state.callDepth + 1 };
    const visit = { expression: body, scope, state: inner };
    if (left.length === 0) return [visit];
    return [visit, ...this.enter(walk.evaluation.evaluate(body, scope), left, inner)];
  }

  /** `mkDerivation (finalAttrs: { … })`: the argument of the function is its own result. */
  private enterFixedPoint(callee: Value, state: WalkState): Visit[] {
    const { evaluation } = this.walk;
    if (callee.kind !== 'function') return [];
    const result: Thunk = evaluation.thunk(this.expression, () => evaluation.apply(callee, [result], this.expression));
    return this.enterFunction(callee, [result], state);
  }

  private enterBuiltIn({ name, given, system }: BuiltInValue, more: readonly Thunk[], state: WalkState): Visit[] {
    const args = [...given, ...more];
    if (name === 'callPackage') return this.enterPackage(args, { ...state, system: system ?? state.system });
    if (name === 'makeOverridable') return args[0] ? this.enter(args[0].force(), args.slice(1), state) : [];
    if (!MAPPING.test(name)) return this.enterResult(name, args, state);
    const rest = name === 'concatMapStringsSep' ? args.slice(1) : args;
    const [f, collection] = COLLECTION_FIRST.test(name) ? [rest[1], rest[0]] : rest;
    return this.enterForEach(f, collection, state);
  }

  /** `id f x`, `head functions x`: a function that another one gives, with the arguments that are left for it. */
  private enterResult(name: string, args: readonly Thunk[], state: WalkState): Visit[] {
    const { arity = 0 } = BUILT_INS.get(name) ?? {};
    if (args.length <= arity) return [];
    const builtIn: BuiltInValue = { kind: 'built-in', name, given: [] };
    const callee = this.walk.evaluation.apply(builtIn, args.slice(0, arity), this.expression);
    return this.enter(callee, args.slice(arity), state);
  }

  private enterPackage([what, given]: readonly Thunk[], state: WalkState): Visit[] {
    const value = what?.force();
    const callee = value?.kind === 'path' ? this.walk.evaluation.importNix(value.path, this.expression) : value;
    return callee?.kind === 'function' && given ? this.enterFunction(callee, [given], state) : [];
  }

  /** `eachSystem [ "aarch64-linux" ] (system: …)`, whatever else that function does. */
  private enterForSystems([list, f]: readonly Thunk[], state: WalkState): Visit[] {
    if (!f) return [];
    const systems = list?.force();
    if (systems?.kind !== 'list' || f.force().kind !== 'function') return [];
    const isOfSystems = systems.items.every((item) => systemOfArgument(item) !== undefined);
    return isOfSystems ? this.enterForEach(f, list, state) : [];
  }

  private enterForEach(f: Thunk | undefined, collection: Thunk | undefined, state: WalkState): Visit[] {
    const callee = f?.force();
    if (!callee) return [];
    return itemsOf(collection?.force()).flatMap((args) => {
      // When a fetcher is mapped over a list, each pin is at the place of its item.
      const item = placesOf(args.at(-1));
      const [place] = item;
      const call = place && callee.kind === 'unknown' ? new CallWalk(this.name, place, this.scope, this.walk) : this;
      return call.enter(callee, args, callee.kind === 'unknown' ? withoutCaller(state) : { ...state, item });
    });
  }
}

function withoutCaller({ caller: _, ...state }: WalkState): WalkState {
  return state;
}

function placesOf(argument: Thunk | undefined): readonly SourceRange[] {
  const value = argument?.force();
  const isPlaced = value?.kind === 'set' || value?.kind === 'text' || value?.kind === 'list';
  return (isPlaced && value.through) || [];
}

function systemOfArgument(argument: Thunk): string | undefined {
  const value = argument.force();
  return value.kind === 'text' && isSystem(value.text) ? value.text : undefined;
}

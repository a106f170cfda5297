import { parameterScope, parametersOf } from '../../evaluation/calls.js';
import { recursiveScope } from '../../evaluation/sets.js';
import type * as Syntax from '../../language/syntax.js';
import { children, pathExpressions } from '../../language/traverse.js';
import type { Evaluation } from '../../values/evaluation.js';
import { NameScope } from '../../values/scope.js';
import { isSystem } from '../../values/systems.js';
import { rangeIn, rangeKey, type Scope, type SourceRange, type Thunk } from '../../values/value.js';
import { enterCalls } from './calls.js';
import type { Candidate, Found, LocalCall, RunImage, UnknownCall, Visit, Walk, WalkState } from './candidate.js';
import { systemOfModule, systemOfParts } from './modules.js';
import { addRunImages } from './run-images.js';
import { addDottedSets, addSets, staticName } from './sets.js';
import { addString, addWhole } from './strings.js';

// How many functions one walk may enter, however the calls are nested.
const MOST_CALLS = 20_000;

// How many bindings around a pin are kept. A file may have thousands of levels, but a directive that freezes a group is near its pins.
const MOST_GROUPS = 50;

/** The result of a walk through a file, in the order of the source. */
export interface FoundCandidates {
  /** Everything that may be a pin. */
  readonly candidates: readonly Candidate[];
  readonly localCalls: readonly LocalCall[];
  /** Those by which something may be fetched that is seen nowhere. */
  readonly unknownCalls: readonly UnknownCall[];
  readonly runImages: readonly RunImage[];
  /** The parameters of the functions that were walked with the arguments of a call, by `rangeKey`. */
  readonly entered: ReadonlySet<string>;
}

/**
 * Finds everything in the main file that may be a pin, or that may use one.
 * @param onVisit is called with each expression that the walk comes to, also in functions that the file calls
 */
export function findCandidates(evaluation: Evaluation, onVisit?: (visit: Visit) => void): FoundCandidates {
  return new SourceWalk(evaluation, onVisit).run();
}

class SourceWalk implements Walk {
  private readonly found: Candidate[] = [];
  private readonly localCalls: LocalCall[] = [];
  private readonly unknownCalls: UnknownCall[] = [];
  private readonly runImages: RunImage[] = [];
  private readonly knownPlaces = new Set<string>();
  private readonly entered = new Set<string>();
  readonly lookedAt = new Set<Syntax.Lambda>();
  private calls = 0;

  constructor(
    readonly evaluation: Evaluation,
    private readonly onVisit: ((visit: Visit) => void) | undefined,
  ) {}

  run(): FoundCandidates {
    const { main } = this.evaluation.files;
    const scope = NameScope.of<Thunk>(main);
    const isGroup = main.root.kind === 'set' || main.root.kind === 'list';
    const state: WalkState = { callDepth: 0, isOperand: false, groups: isGroup ? [rangeIn(scope, main.root)] : [] };
    const waiting: Visit[] = [{ expression: main.root, scope, state }];
    for (let next = waiting.pop(); next && this.evaluation.spend(1); next = waiting.pop()) {
      this.onVisit?.(next);
      for (const visit of this.visit(next).reverse()) waiting.push(visit);
    }
    const unknownCalls = this.unknownCalls.filter(
      ({ written, isKnown }) => isKnown || !this.knownPlaces.has(rangeKey(written)),
    );
    const { found: candidates, localCalls, runImages, entered } = this;
    return { candidates, localCalls, unknownCalls, runImages, entered };
  }

  add(found: Found, written: SourceRange, state: WalkState): void {
    this.found.push({ ...found, written, node: state.caller ?? written, state });
  }

  noteCall(call: LocalCall): void {
    this.localCalls.push(call);
  }

  noteUnknown(call: UnknownCall): void {
    this.unknownCalls.push(call);
  }

  noteKnown(written: SourceRange): void {
    this.knownPlaces.add(rangeKey(written));
  }

  noteRunImage(found: RunImage): void {
    this.runImages.push(found);
  }

  noteEntered(lambda: Syntax.Lambda, scope: Scope): void {
    for (const parameter of parametersOf(lambda)) this.entered.add(rangeKey(rangeIn(scope, parameter)));
  }

  mayEnter(): boolean {
    this.calls++;
    return this.calls <= MOST_CALLS;
  }

  /** Visits an expression, and returns the inner expressions to visit next. */
  private visit({ expression, scope, state }: Visit): Visit[] {
    const { evaluation } = this;
    const plain: WalkState = state.isOperand ? { ...state, isOperand: false } : state;
    const inside = (expressions: readonly Syntax.Expression[], within = scope): Visit[] =>
      expressions.map((inner) => ({ expression: inner, scope: within, state: plain }));
    switch (expression.kind) {
      case 'apply':
        return enterCalls(expression, { scope, state: plain }, this);
      case 'set':
        return this.set(expression, scope, plain);
      case 'let':
      case 'let-body':
        return this.let(expression, scope, plain);
      case 'lambda':
        return inside(children(expression), parameterScope(expression, scope, evaluation));
      case 'with': {
        const within = scope.with(evaluation.later(expression.subject, scope));
        return [...inside([expression.subject]), ...inside([expression.body], within)];
      }
      case 'string':
        if (!state.isOperand) addString(expression, { scope, state: plain }, this);
        return inside(children(expression));
      case 'binary':
        return this.binary(expression, scope, state);
      case 'if':
        return inside(this.branches(expression, scope, state));
      case 'parenthesized':
        return [{ expression: expression.expression, scope, state }];
      default:
        return inside(children(expression));
    }
  }

  /** Where a function is called, only the branch of an `if` that the arguments choose; both of them in the function itself. */
  private branches(expression: Syntax.If, scope: Scope, { callDepth }: WalkState): readonly Syntax.Expression[] {
    const { condition, consequent, alternative } = expression;
    const chosen = callDepth > 0 ? this.evaluation.evaluate(condition, scope) : undefined;
    if (chosen?.kind !== 'boolean') return children(expression);
    return [condition, chosen.value ? consequent : alternative];
  }

  private set(expression: Syntax.AttributeSet, scope: Scope, state: WalkState): Visit[] {
    addSets(expression, { scope, state }, this);
    addRunImages(expression, scope, this);
    const { bindings, recursive } = expression;
    const within = recursive ? recursiveScope(bindings, scope, this.evaluation) : scope;
    const system = systemOfModule(expression, scope, this.evaluation) ?? state.system;
    const systemNear = systemOfParts(expression, scope, this.evaluation) ?? state.systemNear;
    return this.bindings(bindings, within, { ...state, system, systemNear });
  }

  private let(expression: Syntax.Let | Syntax.LetBody, scope: Scope, state: WalkState): Visit[] {
    const within = recursiveScope(expression.bindings, scope, this.evaluation);
    addDottedSets(expression, (name) => within.lexical(name)?.force(), { scope: within, state }, this);
    const body = expression.kind === 'let' ? [{ expression: expression.body, scope: within, state }] : [];
    return [...this.bindings(expression.bindings, within, state), ...body];
  }

  private binary(expression: Syntax.Binary, scope: Scope, state: WalkState): Visit[] {
    const isWhole = expression.operator === '//' || expression.operator === '+';
    const plain = { ...state, isOperand: false };
    if (isWhole && !state.isOperand) addWhole(expression, { scope, state: plain }, this);
    return children(expression).map((inner) => ({ expression: inner, scope, state: { ...plain, isOperand: isWhole } }));
  }

  private bindings(bindings: readonly Syntax.Binding[], scope: Scope, state: WalkState): Visit[] {
    return bindings.flatMap((binding): Visit[] => {
      if (binding.kind === 'inherit') return binding.from ? [{ expression: binding.from, scope, state }] : [];
      return [
        ...pathExpressions(binding.path).map((expression) => ({ expression, scope, state })),
        { expression: binding.value, scope, state: withinBinding(binding, scope, state) },
      ];
    });
  }
}

/** The state of the walk for the value of a binding. */
function withinBinding(binding: Syntax.Assignment, scope: Scope, outer: WalkState): WalkState {
  const { system, systemNear, caller, item, callDepth, holdsFetcher, groups, statement } = outer;
  const names = binding.path.map((name) => staticName(name, scope));
  const key = names.at(-1);
  const innermost = names.findLast((name) => name !== undefined && isSystem(name)) ?? system;
  return {
    groups: statement ? [...groups.slice(-MOST_GROUPS), statement] : groups,
    statement: rangeIn(scope, binding),
    callDepth,
    holdsFetcher,
    isOperand: false,
    systemNear,
    caller,
    item,
    key,
    system: innermost,
  };
}

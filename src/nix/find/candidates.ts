import type { Evaluator } from '../evaluation/evaluator.js';
import { isSystem } from '../evaluation/platforms.js';
import { Scope } from '../evaluation/scope.js';
import {
  type FunctionValue,
  type SetValue,
  type TextValue,
  Thunk,
  textOf,
  type UnknownValue,
  type Value,
} from '../evaluation/value.js';
import type { Range } from '../language/position.js';
import { constantText } from '../language/string-text.js';
import type * as Syntax from '../language/syntax.js';
import { children, pathExpressions } from '../language/traverse.js';

/** What surrounds an expression, as far as a pin there is concerned. */
export interface Context {
  /** The nearest `name = …;` around. */
  readonly statement?: Syntax.Assignment;
  /** The name in that, when it is a literal one. */
  readonly key?: string;
  /** The nearest name around that is a system, such as `x86_64-linux`. */
  readonly system?: string;
  /** The call of a local function that brought us into its body. */
  readonly caller?: Syntax.Expression;
  readonly callDepth: number;
  /** Whether this is an operand of `//` or `+`, which is looked at as a whole. */
  readonly isOperand: boolean;
}

interface Found {
  /** Where it stands in the main file: the call of the local function when it was found inside of one. */
  readonly node: Syntax.Expression;
  /** Where it is written: inside of that function. */
  readonly written: Syntax.Expression;
  readonly context: Context;
}

/** Something that may be a pin, with its values followed. */
export type Candidate = Found &
  (
    | {
        readonly kind: 'call';
        readonly functionName: readonly string[];
        readonly value: Value;
      }
    | { readonly kind: 'arguments'; readonly value: SetValue }
    | { readonly kind: 'string'; readonly value: TextValue | UnknownValue; readonly hasDigest: boolean }
  );

// A local function may call another one, and so on; more levels than this hold no pins.
const DEEPEST_CALL = 6;
const MOST_CALLS = 20_000;

const MAPPING = new Set(['map', 'mapAttrs', "mapAttrs'", 'mapAttrsToList', 'concatMap', 'forEach']);
const FIXED_POINTS = /^(mkDerivation|build\w+(Package|Module|Application)|fix)$/;
const REFERENCE_TEXT = /^[\w.:/@+-]*$/;
const MAY_BE_PIN = /pull|image|digest|@/i;

/** Everything in the evaluator's main file that may be a pin, in the order of the source. */
export function findCandidates(evaluator: Evaluator): Candidate[] {
  return new Walk(evaluator).run();
}

interface Visit {
  readonly expression: Syntax.Expression;
  readonly scope: Scope;
  readonly context: Context;
}

class Walk {
  private readonly found: Candidate[] = [];
  private readonly waiting: Visit[] = [];
  private calls = 0;

  constructor(private readonly evaluator: Evaluator) {}

  run(): Candidate[] {
    const { main } = this.evaluator.files;
    const context: Context = { callDepth: 0, isOperand: false };
    this.waiting.push({ expression: main.root, scope: Scope.of(main), context });
    for (let next = this.waiting.pop(); next; next = this.waiting.pop()) {
      const later = this.visit(next);
      for (const visit of later.reverse()) this.waiting.push(visit);
    }
    return this.found;
  }

  /** Looks at an expression, and gives those inside of it that are to be looked at next. */
  private visit({ expression, scope, context }: Visit): Visit[] {
    const plain: Context = context.isOperand ? { ...context, isOperand: false } : context;
    const inside = (expressions: readonly Syntax.Expression[], within = scope): Visit[] =>
      expressions.map((inner) => ({ expression: inner, scope: within, context: plain }));
    switch (expression.kind) {
      case 'apply':
        return [...inside(operands(expression)), ...this.apply(expression, scope, plain)];
      case 'set': {
        this.argumentSets(expression, scope, plain);
        const within = expression.recursive ? this.evaluator.recursiveScope(expression.bindings, scope) : scope;
        return this.bindings(expression.bindings, within, plain);
      }
      case 'let':
      case 'let-body': {
        const within = this.evaluator.recursiveScope(expression.bindings, scope);
        this.dottedSets(expression.bindings, (name) => within.lexical(name)?.force(), expression, plain);
        return [
          ...this.bindings(expression.bindings, within, plain),
          ...(expression.kind === 'let' ? inside([expression.body], within) : []),
        ];
      }
      case 'lambda': {
        const within = this.evaluator.parameterScope(expression, scope);
        return inside(children(expression), within);
      }
      case 'with': {
        const within = scope.with(this.evaluator.later(expression.subject, scope));
        return [...inside([expression.subject]), ...inside([expression.body], within)];
      }
      case 'string':
        if (!context.isOperand) this.string(expression, scope, plain);
        return inside(children(expression));
      case 'binary': {
        const isWhole = expression.operator === '//' || expression.operator === '+';
        if (isWhole && !context.isOperand) this.whole(expression, scope, plain);
        return inside(children(expression)).map((visit) => ({ ...visit, context: { ...plain, isOperand: isWhole } }));
      }
      case 'parenthesized':
        return [{ expression: expression.expression, scope, context }];
      default:
        return inside(children(expression));
    }
  }

  private bindings(bindings: readonly Syntax.Binding[], scope: Scope, context: Context): Visit[] {
    return bindings.flatMap((binding): Visit[] => {
      if (binding.kind === 'inherit') return binding.from ? [{ expression: binding.from, scope, context }] : [];
      const names = binding.path.map((name) => staticName(name, scope));
      const key = names.at(-1);
      const system = names.findLast((name) => name !== undefined && isSystem(name)) ?? context.system;
      const { callDepth, caller } = context;
      const inner: Context = {
        ...{ statement: binding, callDepth, isOperand: false },
        ...(caller && { caller }),
        ...(key !== undefined && { key }),
        ...(system !== undefined && { system }),
      };
      return [
        ...pathExpressions(binding.path).map((expression) => ({ expression, scope, context })),
        { expression: binding.value, scope, context: inner },
      ];
    });
  }

  private apply(expression: Syntax.Apply, scope: Scope, context: Context): Visit[] {
    const { head, args, applications } = unfold(expression);
    const [argument] = args;
    if (!argument) return [];
    const isImport = head.kind === 'variable' && head.name === 'import';
    const callee = isImport && applications[0] ? applications[0] : head;
    const value = this.evaluator.evaluate(callee, scope);
    const given = (isImport ? args.slice(1) : args).map((arg) => this.evaluator.later(arg, scope));
    const written = writtenName(head);
    const name = value.kind === 'unknown' && value.spelling.length > 0 ? value.spelling : written;
    const isPull = [name, written].some((spelling) => /pullImage(FromManifest)?$/.test(spelling.at(-1) ?? ''));
    if (isPull) {
      const functionName = /pullImage/.test(name.at(-1) ?? '') ? name : written;
      const values = this.evaluator.evaluate(argument, scope);
      this.add({
        kind: 'call',
        functionName,
        value: values,
        node: expression,
        written: expression,
        context,
      });
    }
    if (FIXED_POINTS.test(written.at(-1) ?? '')) return this.enterFixedPoint(argument, scope, context);
    const fromHere: Context = { ...context, caller: context.caller ?? expression };
    if (value.kind === 'function') return this.enter(value, given, fromHere);
    if (!MAPPING.has(name.at(-1) ?? '')) return [];
    return this.enterMapped(name.at(-1) === 'forEach' ? given.toReversed() : given, fromHere);
  }

  /** The body of a local function, with its parameters bound to what a call gives. */
  private enter(callee: FunctionValue, given: readonly Thunk[], context: Context): Visit[] {
    const { file } = callee.scope;
    const mayBePin = MAY_BE_PIN.test(file.source.slice(callee.lambda.start, callee.lambda.end));
    if (!mayBePin || context.callDepth >= DEEPEST_CALL || ++this.calls > MOST_CALLS) return [];
    let scope = callee.scope;
    let body: Syntax.Expression = callee.lambda;
    for (const argument of given) {
      if (body.kind !== 'lambda') break;
      scope = this.evaluator.parameterScope(body, scope, argument);
      body = body.body;
    }
    return [{ expression: body, scope, context: { ...context, callDepth: context.callDepth + 1 } }];
  }

  /** `mkDerivation (finalAttrs: { … })`: the function is given what it returns. */
  private enterFixedPoint(argument: Syntax.Expression, scope: Scope, context: Context): Visit[] {
    const callee = this.evaluator.evaluate(argument, scope);
    if (callee.kind !== 'function') return [];
    const result: Thunk = this.evaluator.thunk(argument, scope, () => this.evaluator.call(callee, result));
    return this.enter(callee, [result], context);
  }

  private enterMapped([f, collection]: readonly Thunk[], context: Context): Visit[] {
    const callee = f?.force();
    if (callee?.kind !== 'function') return [];
    const items = collection?.force();
    if (items?.kind === 'list') return items.items.flatMap((item) => this.enter(callee, [item], context));
    if (items?.kind !== 'set') return [];
    return Array.from(items.attributes).flatMap(([name, value]) =>
      this.enter(callee, [Thunk.of(textOf([{ text: name }])), value], context),
    );
  }

  private argumentSets(set: Syntax.AttributeSet, scope: Scope, context: Context): void {
    const isNamed = (name: Syntax.AttributeName | undefined) => name && staticName(name, scope) === 'imageDigest';
    const hasDigest = set.bindings.some((binding) =>
      binding.kind === 'inherit' ? binding.names.some(isNamed) : binding.path.length === 1 && isNamed(binding.path[0]),
    );
    const isDotted = set.bindings.some((binding) => binding.kind === 'assignment' && binding.path.length > 1);
    if (!hasDigest && !isDotted) return;
    const value = this.evaluator.evaluate(set, scope);
    if (value.kind !== 'set') return;
    if (hasDigest) this.argumentSet(value, set, context);
    this.dottedSets(set.bindings, (name) => value.attributes.get(name)?.force(), set, context);
  }

  /** `redis.imageName = …; redis.imageDigest = …;` */
  private dottedSets(
    bindings: readonly Syntax.Binding[],
    lookUp: (name: string) => Value | undefined,
    node: Syntax.Expression,
    context: Context,
  ): void {
    const seen = new Set<string>();
    for (const binding of bindings) {
      if (binding.kind !== 'assignment' || binding.path.length < 2) continue;
      const names = binding.path.map((name) => (name.kind === 'variable' ? name.name : undefined));
      if (names.at(-1) !== 'imageDigest' || seen.has(names.slice(0, -1).join('.'))) continue;
      seen.add(names.slice(0, -1).join('.'));
      let value = lookUp(names[0] ?? '');
      for (const name of names.slice(1, -1)) {
        value = value?.kind === 'set' && name !== undefined ? value.attributes.get(name)?.force() : undefined;
      }
      if (value?.kind === 'set')
        this.argumentSet(value, dottedNode(bindings, names, node), { ...context, statement: binding });
    }
  }

  private argumentSet(value: SetValue, node: Syntax.Expression, context: Context): void {
    if (value.attributes.has('imageName') && value.attributes.has('imageDigest'))
      this.add({ kind: 'arguments', value, node, written: node, context });
  }

  private string(literal: Syntax.StringLiteral, scope: Scope, context: Context): void {
    const { source } = scope.file;
    const texts = literal.parts.flatMap((part) => (part.kind === 'text' ? [source.slice(part.start, part.end)] : []));
    const isConstant = texts.length === literal.parts.length;
    const hasDigest = texts.some((text) => /[@:]sha256:([0-9a-f]|$)/.test(text));
    if (isConstant ? hasDigest : texts.every((text) => REFERENCE_TEXT.test(text)))
      this.text(literal, hasDigest, scope, context);
  }

  private whole(expression: Syntax.Binary, scope: Scope, context: Context): void {
    if (expression.operator === '//') {
      this.merge(expression, scope, context);
      return;
    }
    const { source } = scope.file;
    const literals = [expression.left, expression.right].filter(({ kind }) => kind === 'string');
    const texts = literals.map(({ start, end }) => source.slice(start + 1, end - 1));
    if (texts.length === 0 || !texts.every((text) => REFERENCE_TEXT.test(text))) return;
    const hasDigest = texts.some((text) => text.includes('@sha256:'));
    this.text(expression, hasDigest, scope, context);
  }

  private merge(expression: Syntax.Binary, scope: Scope, context: Context): void {
    const value = this.evaluator.evaluate(expression, scope);
    if (value.kind === 'set') this.argumentSet(value, expression, context);
  }

  private text(node: Syntax.Expression, hasDigest: boolean, scope: Scope, context: Context): void {
    const value = this.evaluator.evaluate(node, scope);
    if (value.kind === 'text' || (value.kind === 'unknown' && hasDigest))
      this.add({ kind: 'string', value, hasDigest, node, written: node, context });
  }

  private add(candidate: Candidate): void {
    this.found.push({ ...candidate, node: candidate.context.caller ?? candidate.node });
  }
}

function operands({ function: callee, argument }: Syntax.Apply): Syntax.Expression[] {
  // Only the outermost of `f a b` is looked at as a call.
  const { head, args } = unfold({ kind: 'apply', start: 0, end: 0, function: callee, argument });
  return [head, ...args];
}

function unfold(expression: Syntax.Apply): {
  head: Syntax.Expression;
  args: Syntax.Expression[];
  applications: Syntax.Apply[];
} {
  const applications: Syntax.Apply[] = [];
  let head: Syntax.Expression = expression;
  for (;;) {
    if (head.kind === 'apply') {
      applications.push(head);
      head = head.function;
    } else if (head.kind === 'parenthesized') head = head.expression;
    else break;
  }
  applications.reverse();
  return { head, args: applications.map(({ argument }) => argument), applications };
}

/** `a.b.c` as it is written; nothing for an expression of another kind. */
function writtenName(expression: Syntax.Expression): string[] {
  if (expression.kind === 'variable') return [expression.name];
  if (expression.kind !== 'select') return [];
  const path = expression.path.map((name) => (name.kind === 'variable' ? name.name : ''));
  return [...writtenName(expression.subject), ...path];
}

function staticName(name: Syntax.AttributeName, scope: Scope): string | undefined {
  if (name.kind === 'variable') return name.name;
  return name.kind === 'string' ? constantText(scope.file.source, name) : undefined;
}

/** The stretch from the first to the last of the bindings that make up one dotted set. */
function dottedNode(
  bindings: readonly Syntax.Binding[],
  names: readonly (string | undefined)[],
  node: Syntax.Expression,
): Syntax.Expression {
  const prefix = names.slice(0, -1).join('.');
  const own = bindings.filter(
    (binding) =>
      binding.kind === 'assignment' &&
      binding.path
        .map((name) => (name.kind === 'variable' ? name.name : ''))
        .join('.')
        .startsWith(`${prefix}.`),
  );
  const range: Range = { start: own[0]?.start ?? node.start, end: own.at(-1)?.end ?? node.end };
  return { ...node, ...range };
}

import { PullpinError } from '../../errors.js';
import type { Range } from '../language/position.js';
import { constantText, stringRuns } from '../language/string-text.js';
import type * as Syntax from '../language/syntax.js';
import { BUILT_INS, type BuiltIn, GLOBAL_NAMES } from './built-ins.js';
import { type NixFiles, resolvePath } from './files.js';
import { jsonValue, parseJson } from './json.js';
import { isPlatformFact, platformFact } from './platforms.js';
import { Scope } from './scope.js';
import {
  type FunctionValue,
  type SetValue,
  type TextValue,
  Thunk,
  textOf,
  type UnfollowableCode,
  type UnknownValue,
  type Value,
} from './value.js';

// Bounds on what a file can make us do; pins need a few dozen of each.
const DEEPEST = 250;
const MOST_STEPS = 2_000_000;
const LONGEST_TEXT = 65_536;

const LIMITS: ReadonlySet<UnfollowableCode> = new Set(['too-deep', 'too-large', 'endless']);

// What nixpkgs' lib calls a hash that is still to be filled in.
const PLACEHOLDERS = new Map([
  ['fakeHash', `sha256-${'A'.repeat(43)}=`],
  ['fakeSha256', '0'.repeat(64)],
]);

/**
 * Follows values through Nix expressions, lazily and without ever guessing: what the files at hand do not tell is an UnknownValue.
 * What depends on the platform is followed for one `system`; without one it is unknown. `consultedPlatform` tells whether that mattered.
 */
export class Evaluator {
  consultedPlatform = false;
  private depth = 0;
  private steps = 0;
  private readonly imported = new Map<string, Thunk>();

  constructor(
    readonly files: NixFiles,
    readonly system: string | undefined,
  ) {}

  evaluate(expression: Syntax.Expression, scope: Scope): Value {
    this.steps++;
    if (this.steps > MOST_STEPS) return this.unknown('too-large', expression, scope);
    if (this.depth >= DEEPEST) return this.unknown('too-deep', expression, scope);
    this.depth++;
    try {
      return this.evaluateKind(expression, scope);
    } finally {
      this.depth--;
    }
  }

  later(expression: Syntax.Expression, scope: Scope): Thunk {
    return this.thunk(expression, scope, () => this.evaluate(expression, scope));
  }

  unknown(code: UnfollowableCode, { start, end }: Range, scope: Scope, spelling: readonly string[] = []): UnknownValue {
    return { kind: 'unknown', spelling, deadEnd: { code, file: scope.file.path, start, end } };
  }

  private evaluateKind(expression: Syntax.Expression, scope: Scope): Value {
    switch (expression.kind) {
      case 'string':
        return this.string(expression, scope);
      case 'path':
        return this.path(expression, scope);
      case 'search-path':
        return this.unknown('unknown-name', expression, scope, [`<${expression.name}>`]);
      case 'number':
        return { kind: 'other', text: expression.text };
      case 'variable':
        return this.known(this.variable(expression, scope), expression, scope);
      case 'select':
        return this.known(this.select(expression, scope), expression, scope);
      case 'has-attribute':
        return this.hasAttribute(expression, scope);
      case 'apply':
        return this.apply(expression, scope);
      case 'unary':
        return this.unary(expression, scope);
      case 'binary':
        return this.binary(expression, scope);
      case 'lambda':
        return { kind: 'function', lambda: expression, scope };
      case 'set':
        return this.set(expression, scope);
      case 'let':
        return this.evaluate(expression.body, this.recursiveScope(expression.bindings, scope));
      case 'let-body':
        return (
          this.recursiveScope(expression.bindings, scope).lexical('body')?.force() ??
          this.unknown('missing-attribute', expression, scope)
        );
      case 'list':
        return { kind: 'list', items: expression.items.map((item) => this.later(item, scope)) };
      case 'if':
        return this.if(expression, scope);
      case 'with':
        return this.evaluate(expression.body, scope.with(this.later(expression.subject, scope)));
      case 'assert': {
        const condition = this.evaluate(expression.condition, scope);
        const fails = condition.kind === 'boolean' && !condition.value;
        return fails ? this.unknown('throws', expression.condition, scope) : this.evaluate(expression.body, scope);
      }
      case 'parenthesized':
        return this.evaluate(expression.expression, scope);
    }
  }

  private string(literal: Syntax.StringLiteral, scope: Scope): Value {
    const { source, path: file } = scope.file;
    const { quote } = literal;
    const constant = constantText(source, literal);
    if (constant !== undefined) {
      const margin = quote === 'uri' ? 0 : quote.length;
      const [start, end] = [literal.start + margin, literal.end - margin];
      const verbatim = source.slice(start, end) === constant;
      return textOf([{ text: constant, origin: { file, start, end, quote, verbatim } }]);
    }
    return this.joined(
      stringRuns(source, literal).map((run) => {
        if (run.kind === 'interpolation') return this.evaluate(run.expression, scope);
        const { start, end, text, verbatim } = run;
        return textOf([{ text, origin: { file, start, end, quote, verbatim } }]);
      }),
      literal,
      scope,
    );
  }

  /** Texts put together; unknown when one of them is. */
  private joined(values: readonly Value[], where: Range, scope: Scope): Value {
    const unfollowed = values.find((value) => value.kind !== 'text');
    if (unfollowed) return unfollowed.kind === 'unknown' ? unfollowed : this.unknown('not-text', where, scope);
    const joined = textOf(values.flatMap((value) => (value.kind === 'text' ? value.segments : [])));
    return joined.text.length > LONGEST_TEXT ? this.unknown('too-large', where, scope) : joined;
  }

  private path(literal: Syntax.PathLiteral, scope: Scope): Value {
    let written = '';
    for (const part of literal.parts) {
      const value =
        part.kind === 'text' ? scope.file.source.slice(part.start, part.end) : this.evaluate(part.expression, scope);
      if (typeof value !== 'string' && value.kind !== 'text') return this.unknown('import', literal, scope);
      written += typeof value === 'string' ? value : value.text;
    }
    const path = resolvePath(scope.file.path, written);
    return path === undefined ? this.unknown('import', literal, scope) : { kind: 'path', path };
  }

  private variable(variable: Syntax.Variable, scope: Scope): Value {
    const { name } = variable;
    // A look-up through thousands of scopes costs accordingly.
    this.steps += scope.depth >> 3;
    if (this.steps > MOST_STEPS) return this.unknown('too-large', variable, scope);
    const thunk = scope.lexical(name);
    if (thunk) return thunk.force();
    if (name === 'true' || name === 'false') return { kind: 'boolean', value: name === 'true' };
    if (name === 'null') return { kind: 'other', text: 'null' };
    if (!GLOBAL_NAMES.has(name)) {
      for (let around = scope.nearestWith; around; around = around.outer.nearestWith) {
        const subject = around.subject.force();
        const found = lacks(subject, name) ? undefined : this.attribute(subject, name, variable, scope);
        if (found) return found;
      }
    }
    return this.unknown('unknown-name', variable, scope, [name]);
  }

  /** Platform facts and placeholders are known by the name under which they are reached. */
  private known(value: Value, { start, end }: Range, scope: Scope): Value {
    if (value.kind !== 'unknown') return value;
    const placeholder = PLACEHOLDERS.get(value.spelling.at(-1) ?? '');
    const origin = { file: scope.file.path, start, end, quote: 'expression', verbatim: false } as const;
    if (placeholder !== undefined) return textOf([{ text: placeholder, origin }]);
    if (!isPlatformFact(value.spelling)) return value;
    this.consultedPlatform = true;
    const fact = this.system === undefined ? undefined : platformFact(value.spelling, this.system);
    if (fact === undefined) return this.unknown('platform', { start, end }, scope, value.spelling);
    return typeof fact === 'boolean' ? { kind: 'boolean', value: fact } : textOf([{ text: fact }]);
  }

  private select(select: Syntax.Select, scope: Scope): Value {
    let value = this.evaluate(select.subject, scope);
    const names = this.names(select.path, scope);
    if (!Array.isArray(names)) return names;
    for (const [index, name] of names.entries()) {
      if (value.kind === 'unknown') {
        return this.unknown(value.deadEnd.code, select, scope, [...value.spelling, ...names.slice(index)]);
      }
      if (select.fallback && lacks(value, name)) return this.evaluate(select.fallback, scope);
      value = this.attribute(value, name, select, scope) ?? this.unknown('unsupported', select, scope);
    }
    return value;
  }

  /** An attribute of a value; undefined when the value is nothing that has attributes. */
  attribute(value: Value, name: string, where: Range, scope: Scope): Value | undefined {
    if (value.kind === 'unknown') return this.unknown(value.deadEnd.code, where, scope, [...value.spelling, name]);
    if (value.kind !== 'set') return undefined;
    const thunk = value.attributes.get(name);
    if (thunk) return thunk.force();
    if (value.rest) return this.unknown(value.rest.deadEnd.code, where, scope, [...value.rest.spelling, name]);
    return this.unknown('missing-attribute', where, scope);
  }

  /** The names of a path, or why one of them is not known. */
  private names(path: Syntax.AttributePath, scope: Scope): string[] | UnknownValue {
    const names: string[] = [];
    for (const name of path) {
      const value = this.attributeName(name, scope);
      if (typeof value !== 'string') return value;
      names.push(value);
    }
    return names;
  }

  /** The name that one step of a path has, or why it is not known. */
  private attributeName(name: Syntax.AttributeName, scope: Scope): string | UnknownValue {
    if (name.kind === 'variable') return name.name;
    const value = this.evaluate(name.kind === 'string' ? name : name.expression, scope);
    if (value.kind === 'text') return value.text;
    return value.kind === 'unknown' ? value : this.unknown('unsupported', name, scope);
  }

  private hasAttribute({ subject, path, ...range }: Syntax.HasAttribute, scope: Scope): Value {
    let value = this.evaluate(subject, scope);
    const names = this.names(path, scope);
    if (!Array.isArray(names)) return names;
    for (const name of names) {
      if (value.kind === 'unknown' || (value.kind === 'set' && value.rest))
        return this.unknown('unsupported', range, scope);
      const next = value.kind === 'set' ? value.attributes.get(name) : undefined;
      if (!next) return { kind: 'boolean', value: false };
      value = next.force();
    }
    return { kind: 'boolean', value: true };
  }

  private apply(expression: Syntax.Apply, scope: Scope): Value {
    const { head, args } = spine(expression);
    let value = this.evaluate(head, scope);
    for (let index = 0; index < args.length; ) {
      const argument = args[index];
      if (value.kind === 'function' && argument) {
        value = this.call(value, this.later(argument, scope));
        index++;
        continue;
      }
      if (value.kind === 'unknown' && LIMITS.has(value.deadEnd.code)) return value;
      const builtIn = value.kind === 'unknown' ? builtInOf(value) : undefined;
      const given = args.slice(index, index + (builtIn?.arity ?? 0));
      if (!builtIn || given.length < builtIn.arity) return this.unknown('call', expression, scope);
      value = builtIn.apply(
        this,
        given.map((each) => this.later(each, scope)),
        expression,
        scope,
      );
      index += builtIn.arity;
    }
    return value;
  }

  /** A function of these files applied to an argument. */
  call({ lambda, scope }: FunctionValue, argument: Thunk): Value {
    return this.evaluate(lambda.body, this.parameterScope(lambda, scope, argument));
  }

  /** The scope of a function's body. Without an argument its parameters are unknown, except for those with a default. */
  parameterScope(lambda: Syntax.Lambda, scope: Scope, argument?: Thunk): Scope {
    const names = new Map<string, Thunk>();
    const inner = scope.inner(names);
    const { parameter, formals = [] } = lambda;
    const head: Range = {
      start: lambda.start,
      end: formals.length > 0 ? lambda.start : lambda.start + (parameter?.length ?? 0),
    };
    if (parameter !== undefined) {
      names.set(parameter, argument ?? Thunk.of(this.unknown('parameter', head, scope, [parameter])));
    }
    for (const formal of formals) {
      names.set(
        formal.name,
        this.thunk(formal, scope, () => this.formal(formal, inner, argument)),
      );
    }
    return inner;
  }

  private formal(formal: Syntax.Formal, inner: Scope, argument: Thunk | undefined): Value {
    const { name, fallback } = formal;
    const given = argument?.force();
    const attribute = given?.kind === 'set' ? given.attributes.get(name) : undefined;
    if (attribute) return attribute.force();
    const mayBeGiven = given !== undefined && (given.kind !== 'set' || given.rest !== undefined);
    if (fallback && !mayBeGiven) return this.evaluate(fallback, inner);
    return this.unknown('parameter', formal, inner, [name]);
  }

  private unary({ operator, operand, ...range }: Syntax.Unary, scope: Scope): Value {
    const value = operator === '!' ? this.evaluate(operand, scope) : undefined;
    if (value?.kind === 'boolean') return { kind: 'boolean', value: !value.value };
    return value?.kind === 'unknown' ? value : this.unknown('unsupported', range, scope);
  }

  private binary(expression: Syntax.Binary, scope: Scope): Value {
    const { operator } = expression;
    const left = this.evaluate(expression.left, scope);
    if (operator === '&&' || operator === '||' || operator === '->') return this.logical(expression, left, scope);
    const right = this.evaluate(expression.right, scope);
    if (operator === '//') return this.merged(left, right, expression, scope);
    if (operator === '+') {
      if (left.kind !== 'path' || right.kind !== 'text') return this.joined([left, right], expression, scope);
      const path = resolvePath('', left.path + right.text);
      return path === undefined ? this.unknown('import', expression, scope) : { kind: 'path', path };
    }
    const isEquality = operator === '==' || operator === '!=';
    const same = isEquality ? isSame(left, right) : undefined;
    if (same !== undefined) return { kind: 'boolean', value: same === (operator === '==') };
    const unknown = [left, right].find((value) => value.kind === 'unknown');
    return unknown ?? this.unknown('unsupported', expression, scope);
  }

  private logical({ operator, right, ...range }: Syntax.Binary, left: Value, scope: Scope): Value {
    if (left.kind === 'unknown') return left;
    if (left.kind !== 'boolean') return this.unknown('unsupported', range, scope);
    if (operator === '&&' && !left.value) return left;
    if (operator === '||' && left.value) return left;
    if (operator === '->' && !left.value) return { kind: 'boolean', value: true };
    return this.evaluate(right, scope);
  }

  /** `left // right`. Where the right side is not known, it may override anything. */
  merged(left: Value, right: Value, where: Range, scope: Scope): Value {
    const isSet = (value: Value) => value.kind === 'set' || value.kind === 'unknown';
    if (!isSet(left) || !isSet(right)) return this.unknown('unsupported', where, scope);
    const literals = [left, right].flatMap((value) => (value.kind === 'set' ? value.literals : []));
    if (right.kind === 'unknown') return { kind: 'set', attributes: new Map(), literals, rest: right };
    if (right.kind !== 'set') return right;
    if (right.rest) return { ...right, literals };
    const attributes = new Map(left.kind === 'set' ? left.attributes : []);
    for (const [name, thunk] of right.attributes) attributes.set(name, thunk);
    const rest = left.kind === 'set' ? left.rest : left.kind === 'unknown' ? left : undefined;
    return { kind: 'set', attributes, literals, rest };
  }

  private if({ condition, consequent, alternative }: Syntax.If, scope: Scope): Value {
    const value = this.evaluate(condition, scope);
    if (value.kind === 'boolean') return this.evaluate(value.value ? consequent : alternative, scope);
    return value.kind === 'unknown' ? value : this.unknown('unsupported', condition, scope);
  }

  private set(set: Syntax.AttributeSet, scope: Scope): SetValue {
    const names = new Map<string, Thunk>();
    const inner = set.recursive ? scope.inner(names) : scope;
    return { ...this.bind(set.bindings, names, inner, scope), literals: [set] };
  }

  /** The scope in which the bindings of a `let` or `rec` see each other. */
  recursiveScope(bindings: readonly Syntax.Binding[], scope: Scope): Scope {
    const names = new Map<string, Thunk>();
    const inner = scope.inner(names);
    this.bind(bindings, names, inner, scope);
    return inner;
  }

  private bind(bindings: readonly Syntax.Binding[], names: Map<string, Thunk>, inner: Scope, outer: Scope): SetValue {
    const definitions: Definition[] = [];
    for (const binding of bindings) {
      if (binding.kind === 'assignment') definitions.push({ path: binding.path, value: binding.value, scope: inner });
      else this.inherit(binding, names, inner, outer);
    }
    return this.define(definitions, names, inner);
  }

  private inherit(
    { from, names: inherited }: Syntax.Inherit,
    names: Map<string, Thunk>,
    inner: Scope,
    outer: Scope,
  ): void {
    const subject = from ? this.later(from, inner) : undefined;
    for (const name of inherited) {
      const text = this.attributeName(name, inner);
      if (typeof text !== 'string') continue;
      const variable: Syntax.Variable = { kind: 'variable', start: name.start, end: name.end, name: text };
      const compute = () =>
        subject
          ? (this.attribute(subject.force(), text, name, inner) ?? this.unknown('unsupported', name, inner))
          : this.variable(variable, outer);
      names.set(text, this.thunk(name, inner, compute));
    }
  }

  /** Fills `names` with what is defined; definitions of `a.b` and `a.c` make one set `a`, to which `a = { … };` adds. */
  private define(definitions: readonly Definition[], names: Map<string, Thunk>, scope: Scope): SetValue {
    let rest: UnknownValue | undefined;
    const byName = new Map<string, Definition[]>();
    for (const definition of definitions) {
      const [first, ...path] = definition.path;
      const name = first ? this.attributeName(first, definition.scope) : '';
      if (typeof name !== 'string') {
        rest = name;
        continue;
      }
      const inner = { ...definition, path };
      const same = byName.get(name);
      if (same) same.push(inner);
      else byName.set(name, [inner]);
    }
    for (const [name, same] of byName) {
      const where = same[0]?.value ?? scope.file.root;
      names.set(
        name,
        this.thunk(where, scope, () => this.defined(same, where, scope)),
      );
    }
    return { kind: 'set', attributes: names, literals: [], rest };
  }

  private defined(definitions: readonly Definition[], where: Range, scope: Scope): Value {
    const [first] = definitions;
    if (definitions.length === 1 && first?.path.length === 0) return this.evaluate(first.value, first.scope);
    const names = new Map<string, Thunk>();
    const nested: Definition[] = [];
    const literals: Syntax.AttributeSet[] = [];
    for (const definition of definitions) {
      if (definition.path.length > 0) {
        nested.push(definition);
        continue;
      }
      const { value } = definition;
      if (value.kind !== 'set' || value.recursive) return this.unknown('unsupported', where, scope);
      literals.push(value);
      for (const binding of value.bindings) {
        if (binding.kind === 'inherit') this.inherit(binding, names, definition.scope, definition.scope);
        else nested.push({ path: binding.path, value: binding.value, scope: definition.scope });
      }
    }
    return { ...this.define(nested, names, scope), literals };
  }

  /** What importing a Nix file gives. */
  importNix(path: string, where: Range, scope: Scope): Value {
    return this.importOnce(`nix:${path}`, where, scope, () => {
      const file = this.files.nix(path);
      return file ? this.evaluate(file.root, Scope.of(file)) : this.unknown('import', where, scope);
    });
  }

  /** What a JSON file holds. */
  importJson(path: string, where: Range, scope: Scope): Value {
    return this.importOnce(`json:${path}`, where, scope, () => {
      const text = this.files.text(path);
      try {
        return text === undefined ? this.unknown('import', where, scope) : jsonValue(parseJson(text, path), text, path);
      } catch (error) {
        if (error instanceof PullpinError) return this.unknown('import', where, scope);
        throw error;
      }
    });
  }

  private importOnce(key: string, where: Range, scope: Scope, load: () => Value): Value {
    const thunk = this.imported.get(key) ?? this.thunk(where, scope, load);
    this.imported.set(key, thunk);
    return thunk.force();
  }

  thunk(where: Range, scope: Scope, compute: () => Value): Thunk {
    return new Thunk(compute, () => this.unknown('endless', where, scope));
  }
}

/** `path = value;` somewhere below the name that is being defined. */
interface Definition {
  readonly path: Syntax.AttributePath;
  readonly value: Syntax.Expression;
  readonly scope: Scope;
}

/** `f a b` as `f` and its arguments; parentheses around `f a` do not matter. */
export function spine(expression: Syntax.Apply): { head: Syntax.Expression; args: Syntax.Expression[] } {
  const args: Syntax.Expression[] = [];
  let head: Syntax.Expression = expression;
  while (head.kind === 'apply' || head.kind === 'parenthesized') {
    if (head.kind === 'apply') args.push(head.argument);
    head = head.kind === 'apply' ? head.function : head.expression;
  }
  return { head, args: args.reverse() };
}

function builtInOf({ spelling }: UnknownValue): BuiltIn | undefined {
  return BUILT_INS.get(spelling.at(-1) ?? '');
}

function lacks(value: Value, name: string): boolean {
  return value.kind === 'set' && !value.rest && !value.attributes.has(name);
}

function isSame(left: Value, right: Value): boolean | undefined {
  const comparable = (value: Value): value is TextValue | (Value & { kind: 'other' }) =>
    value.kind === 'text' || value.kind === 'other';
  if (comparable(left) && comparable(right)) return left.kind === right.kind && left.text === right.text;
  if (left.kind === 'boolean' && right.kind === 'boolean') return left.value === right.value;
  return undefined;
}

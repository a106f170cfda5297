// Over 200 lines: one method for each rule of Nix's grammar, in the grammar's order.
import { printable } from '../../errors.js';
import { type TokenKind, type TokenList, tokenize } from './lexer.js';
import { NixSyntaxError, type Range } from './position.js';
import type * as Syntax from './syntax.js';

/** What a caller may ask of the parser. */
export interface ParseSettings {
  /** Whether `|>` and `<|` are operators, as with Nix's experimental feature `pipe-operators`. True when not given. */
  readonly pipeOperators?: boolean;
}

/**
 * Parses Nix source by the grammar of Nix's own parser.y; `path` only names the file in results. Throws a NixSyntaxError. Some code that follows
 * the grammar is still refused by Nix (unknown variables, attributes and formals defined twice); this parser accepts it. Nesting may be as deep
 * as memory allows.
 */
export function parseNix(source: string, path: string, settings: ParseSettings = {}): Syntax.NixFile {
  const tokens = tokenize(source, path);
  const parser = new Parser(source, path, tokens, settings.pipeOperators ?? true);
  return { path, source, root: runToEnd(parser.file()), comments: tokens.comments };
}

/**
 * A rule of the grammar as a coroutine. Where a recursive parser would call itself for an inner expression, the rule yields that expression's
 * rule and gets the parsed expression back. So the open rules are in an array, and deep nesting cannot overflow the machine's stack.
 */
type Rule<Result = Syntax.Expression> = Generator<Rule, Result, Syntax.Expression>;

function runToEnd(rule: Rule): Syntax.Expression {
  const open = [rule];
  let current = rule;
  let step = current.next();
  for (;;) {
    if (!step.done) {
      current = step.value;
      open.push(current);
      step = current.next();
      continue;
    }
    open.pop();
    const parent = open.at(-1);
    if (!parent) return step.value;
    current = parent;
    step = current.next(step.value);
  }
}

interface Precedence {
  readonly level: number;
  readonly associates: 'left' | 'right' | 'never';
}

// From the loosest to the tightest, as in parser.y (which declares '?' as not chainable, but accepts chains). parser.y has separate rules for the
// pipes, and so has this parser: see `pipes`.
const LEVELS: readonly (readonly [Precedence['associates'], readonly TokenKind[]])[] = [
  ['right', ['->']],
  ['left', ['||']],
  ['left', ['&&']],
  ['never', ['==', '!=']],
  ['never', ['<', '>', '<=', '>=']],
  ['right', ['//']],
  ['right', ['!']],
  ['left', ['+', '-']],
  ['left', ['*', '/']],
  ['right', ['++']],
  ['left', ['?']],
];
const NOT_LEVEL = LEVELS.findIndex(([, kinds]) => kinds.includes('!'));
const PRECEDENCES = new Map<TokenKind, Precedence>(
  LEVELS.flatMap(([associates, kinds], level) => kinds.map((kind) => [kind, { level, associates }] as const)),
);
PRECEDENCES.delete('!');
const NEGATE_LEVEL = LEVELS.length;

/** An operator whose right operand is still being read. `left` is absent for a prefix operator. */
interface OpenOperator extends Precedence {
  readonly operator: TokenKind;
  readonly start: number;
  readonly left?: Syntax.Expression;
}

const OPERAND_STARTS: ReadonlySet<TokenKind> = new Set([
  ...(['identifier', 'number', '"', "''", 'path', 'search-path', 'uri', '(', '[', '{', 'rec', 'let'] as const),
]);

class Parser {
  private at = 0;

  constructor(
    private readonly source: string,
    private readonly path: string,
    private readonly tokens: TokenList,
    private readonly pipeOperators: boolean,
  ) {}

  *file(): Rule {
    const root = yield this.expression();
    this.expect('end of file');
    return root;
  }

  private *expression(): Rule {
    switch (this.kind) {
      case 'identifier':
        if (this.kindAhead(1) === ':' || this.kindAhead(1) === '@') return yield* this.lambda();
        break;
      case '{':
        if (this.opensFormals()) return yield* this.lambda();
        break;
      case 'let':
        if (this.kindAhead(1) !== '{') return yield* this.let();
        break;
      case 'if':
        return yield* this.if();
      case 'with':
      case 'assert':
        return yield* this.guarded(this.kind);
    }
    return yield* this.operation();
  }

  private opensFormals(): boolean {
    const [first, second] = [this.kindAhead(1), this.kindAhead(2)];
    if (first === '...') return true;
    if (first === '}') return second === ':' || second === '@';
    return first === 'identifier' && (second === ',' || second === '?' || second === '}');
  }

  private *lambda(): Rule {
    const start = this.start;
    let parameter: string | undefined;
    let formals: Syntax.Formal[] | undefined;
    let ellipsis = false;
    if (this.kind === 'identifier') {
      parameter = this.identifier();
      if (this.skip('@')) {
        formals = [];
        ellipsis = yield* this.formals(formals);
      }
    } else {
      formals = [];
      ellipsis = yield* this.formals(formals);
      if (this.skip('@')) parameter = this.identifier();
    }
    this.expect(':');
    const body = yield this.expression();
    return { kind: 'lambda', start, end: body.end, parameter, formals, ellipsis, body };
  }

  /** Reads `{ a, b ? 1, ... }` into `formals` and returns whether it has an ellipsis. */
  private *formals(formals: Syntax.Formal[]): Rule<boolean> {
    this.expect('{');
    let ellipsis = false;
    while (this.kind !== '}') {
      ellipsis = this.skip('...');
      if (ellipsis) break;
      const { start, end } = this.range;
      const name = this.identifier();
      const fallback = this.skip('?') ? yield this.expression() : undefined;
      formals.push({ start, end: fallback?.end ?? end, name, fallback });
      if (!this.skip(',')) break;
    }
    this.expect('}');
    return ellipsis;
  }

  private *let(): Rule {
    const start = this.expect('let').start;
    const bindings = yield* this.bindings('in');
    this.expectStaticNames(bindings);
    const body = yield this.expression();
    return { kind: 'let', start, end: body.end, bindings, body };
  }

  private *if(): Rule {
    const start = this.expect('if').start;
    const condition = yield this.expression();
    this.expect('then');
    const consequent = yield this.expression();
    this.expect('else');
    const alternative = yield this.expression();
    return { kind: 'if', start, end: alternative.end, condition, consequent, alternative };
  }

  private *guarded(kind: 'with' | 'assert'): Rule {
    const start = this.expect(kind).start;
    const subject = yield this.expression();
    this.expect(';');
    const body = yield this.expression();
    const { end } = body;
    return kind === 'with' ? { kind, start, end, subject, body } : { kind, start, end, condition: subject, body };
  }

  private *operation(): Rule {
    const first = yield* this.operators();
    if (this.kind === '|>' || this.kind === '<|') return yield* this.pipes(first);
    return first;
  }

  /** A chain of one kind of pipe; to mix both kinds, Nix requires parentheses. */
  private *pipes(first: Syntax.Expression): Rule {
    const operator = this.kind;
    if (operator !== '|>' && operator !== '<|') return first;
    if (!this.pipeOperators) this.fail(`'${operator}' needs Nix's experimental feature pipe-operators`);
    const operands = [first];
    while (this.skip(operator)) operands.push(yield* this.operators());
    if (operator === '|>') return operands.reduce((left, right) => binary(operator, left, right));
    return operands.reduceRight((right, left) => binary(operator, left, right));
  }

  /** Parses operators by precedence. Operators that still need their right operand are on a stack. */
  private *operators(): Rule {
    const open: OpenOperator[] = [];
    for (;;) {
      this.prefixes(open);
      let left = isOperandStart(this.kind) ? yield* this.application() : this.failExpecting('an expression');
      let precedence = PRECEDENCES.get(this.kind);
      left = this.close(open, left, precedence);
      while (this.kind === '?' && precedence) {
        left = yield* this.hasAttribute(left);
        precedence = PRECEDENCES.get(this.kind);
        left = this.close(open, left, precedence);
      }
      if (!precedence) return left;
      open.push({ ...precedence, operator: this.kind, start: left.start, left });
      this.at++;
    }
  }

  private prefixes(open: OpenOperator[]): void {
    for (; this.kind === '!' || this.kind === '-'; this.at++) {
      const level = this.kind === '!' ? NOT_LEVEL : NEGATE_LEVEL;
      open.push({ operator: this.kind, start: this.start, level, associates: 'right' });
    }
  }

  /** Gives `operand` to all open operators that bind tighter than the one that follows. */
  private close(open: OpenOperator[], operand: Syntax.Expression, next: Precedence | undefined): Syntax.Expression {
    let result = operand;
    for (let top = open.at(-1); top; top = open.at(-1)) {
      if (next && (next.level > top.level || (next.level === top.level && next.associates === 'right'))) break;
      if (next && next.level === top.level && next.associates === 'never') {
        this.fail(`'${top.operator}' and '${this.kind}' cannot be chained without parentheses`);
      }
      open.pop();
      result = complete(top, result);
    }
    return result;
  }

  private *hasAttribute(subject: Syntax.Expression): Rule {
    this.expect('?');
    const path = yield* this.attributePath();
    return { kind: 'has-attribute', start: subject.start, end: path.at(-1)?.end ?? subject.end, subject, path };
  }

  private *application(): Rule {
    let result = this.plainOperand() ?? (yield* this.select());
    while (isOperandStart(this.kind)) {
      const argument = this.plainOperand() ?? (yield* this.select());
      result = { kind: 'apply', start: result.start, end: argument.end, function: result, argument };
    }
    return result;
  }

  /** Parses the most frequent operand, a name or number alone, without a coroutine, because that is faster. */
  private plainOperand(): Syntax.Expression | undefined {
    const kind = this.kind;
    const next = this.kindAhead(1);
    if (next === '.' || next === 'or') return undefined;
    if (kind === 'identifier') return this.variable();
    return kind === 'number' ? this.number() : undefined;
  }

  private *select(): Rule {
    const subject = yield* this.simple();
    if (this.kind === 'or') {
      const or: Syntax.Variable = { kind: 'variable', ...this.expect('or'), name: 'or' };
      return { kind: 'apply', start: subject.start, end: or.end, function: subject, argument: or };
    }
    if (!this.skip('.')) return subject;
    const path = yield* this.attributePath();
    const fallback = this.skip('or') ? yield this.select() : undefined;
    const end = fallback?.end ?? path.at(-1)?.end ?? subject.end;
    return { kind: 'select', start: subject.start, end, subject, path, fallback };
  }

  private *simple(): Rule {
    switch (this.kind) {
      case 'identifier':
        return this.variable();
      case 'number':
        return this.number();
      case '"':
      case "''":
        return yield* this.string(this.kind);
      case 'path':
        return yield* this.pathLiteral();
      case 'uri':
        return { kind: 'string', ...this.range, quote: 'uri', parts: [{ kind: 'text', ...this.expect('uri') }] };
      case 'search-path': {
        const { start, end } = this.expect('search-path');
        return { kind: 'search-path', start, end, name: this.source.slice(start + 1, end - 1) };
      }
      case '(':
        return yield* this.parenthesized();
      case '[':
        return yield* this.list();
      case '{':
      case 'rec':
        return yield* this.set();
      case 'let':
        return yield* this.letBody();
      default:
        return this.failExpecting('an expression');
    }
  }

  private *parenthesized(): Rule {
    const { start } = this.expect('(');
    const expression = yield this.expression();
    return { kind: 'parenthesized', start, end: this.expect(')').end, expression };
  }

  private *list(): Rule {
    const { start } = this.expect('[');
    const items: Syntax.Expression[] = [];
    while (this.kind !== ']') {
      if (!isOperandStart(this.kind)) this.failExpecting("a list item or ']'");
      items.push(this.plainOperand() ?? (yield this.select()));
    }
    return { kind: 'list', start, end: this.expect(']').end, items };
  }

  private *set(): Rule {
    const { start } = this.range;
    const recursive = this.skip('rec');
    this.expect('{');
    const bindings = yield* this.bindings('}');
    return { kind: 'set', start, end: this.endOfPrevious, recursive, bindings };
  }

  private *letBody(): Rule {
    const { start } = this.expect('let');
    this.expect('{');
    const bindings = yield* this.bindings('}');
    return { kind: 'let-body', start, end: this.endOfPrevious, bindings };
  }

  /** Bindings up to and including `close`. */
  private *bindings(close: '}' | 'in'): Rule<Syntax.Binding[]> {
    const bindings: Syntax.Binding[] = [];
    while (!this.skip(close)) {
      bindings.push(this.kind === 'inherit' ? yield* this.inherit() : yield* this.assignment(close));
    }
    return bindings;
  }

  private *assignment(close: '}' | 'in'): Rule<Syntax.Assignment> {
    const { start } = this.range;
    if (!isNameStart(this.kind)) this.failExpecting(`an attribute or '${close}'`);
    const path = yield* this.attributePath();
    this.expect('=');
    const value = this.plainValue() ?? (yield this.expression());
    return { kind: 'assignment', start, end: this.expect(';').end, path, value };
  }

  /** A value that is one name or number. */
  private plainValue(): Syntax.Expression | undefined {
    return this.kindAhead(1) === ';' ? this.plainOperand() : undefined;
  }

  private *inherit(): Rule<Syntax.Inherit> {
    const { start } = this.expect('inherit');
    let from: Syntax.Expression | undefined;
    if (this.skip('(')) {
      from = yield this.expression();
      this.expect(')');
    }
    const names: Syntax.AttributeName[] = [];
    while (isNameStart(this.kind)) {
      const name = yield* this.attributeName();
      if (!isStaticName(name)) this.fail('inherit takes no computed attribute names', name.start);
      names.push(name);
    }
    return { kind: 'inherit', start, end: this.expect(';').end, from, names };
  }

  private expectStaticNames(bindings: readonly Syntax.Binding[]): void {
    for (const binding of bindings) {
      const first = binding.kind === 'assignment' ? binding.path[0] : undefined;
      if (first && !isStaticName(first)) this.fail('let takes no computed names', first.start);
    }
  }

  private *attributePath(): Rule<Syntax.AttributeName[]> {
    const path: Syntax.AttributeName[] = [];
    do {
      const kind = this.kind;
      path.push(kind === 'identifier' ? this.variable() : yield* this.attributeName());
    } while (this.skip('.'));
    return path;
  }

  private *attributeName(): Rule<Syntax.AttributeName> {
    switch (this.kind) {
      case 'identifier':
        return this.variable();
      case 'or':
        return { kind: 'variable', ...this.expect('or'), name: 'or' };
      case '"':
        return yield* this.string('"');
      case '${':
        return yield* this.interpolation();
      default:
        return this.failExpecting('an attribute name');
    }
  }

  private *string(quote: '"' | "''"): Rule<Syntax.StringLiteral> {
    const { start } = this.expect(quote);
    const parts = yield* this.parts();
    return { kind: 'string', start, end: this.expect(`${quote}-end`).end, quote, parts };
  }

  private *pathLiteral(): Rule {
    const head: Syntax.TextPart = { kind: 'text', ...this.expect('path') };
    const rest = yield* this.parts();
    // Nix reads `a/b//c` as two pieces, and accepts two pieces only when an interpolation follows the second one directly.
    const second = rest[0];
    if (second?.kind === 'text' && rest[1]?.kind !== 'interpolation')
      this.fail('a path may not have two slashes in a row', second.start);
    this.expect('path-end');
    return { kind: 'path', start: head.start, end: this.endOfPrevious, parts: [head, ...rest] };
  }

  private *parts(): Rule<Syntax.StringPart[]> {
    const parts: Syntax.StringPart[] = [];
    for (;;) {
      if (this.kind === 'text') parts.push({ kind: 'text', ...this.expect('text') });
      else if (this.kind === '${') parts.push(yield* this.interpolation());
      else return parts;
    }
  }

  private *interpolation(): Rule<Syntax.InterpolationPart> {
    const { start } = this.expect('${');
    const expression = yield this.expression();
    return { kind: 'interpolation', start, end: this.expect('}').end, expression };
  }

  private variable(): Syntax.Variable {
    const { start, end } = this.expect('identifier');
    return { kind: 'variable', start, end, name: this.source.slice(start, end) };
  }

  private number(): Syntax.NumberLiteral {
    const { start, end } = this.expect('number');
    return { kind: 'number', start, end, text: this.source.slice(start, end) };
  }

  private identifier(): string {
    const { start, end } = this.expect('identifier');
    return this.source.slice(start, end);
  }

  private get kind(): TokenKind {
    return this.kindAhead(0);
  }

  private kindAhead(distance: number): TokenKind {
    return this.tokens.kinds[this.at + distance] ?? 'end of file';
  }

  private get start(): number {
    return this.tokens.starts[this.at] ?? this.source.length;
  }

  private get range(): Range {
    return { start: this.start, end: this.tokens.ends[this.at] ?? this.source.length };
  }

  private get endOfPrevious(): number {
    return this.tokens.ends[this.at - 1] ?? 0;
  }

  private skip(kind: TokenKind): boolean {
    if (this.kind !== kind) return false;
    this.at++;
    return true;
  }

  private expect(kind: TokenKind): Range {
    if (this.kind !== kind) this.failExpecting(kind.includes(' ') ? kind : `'${kind}'`);
    const { range } = this;
    this.at++;
    return range;
  }

  private failExpecting(expected: string): never {
    const { start, end } = this.range;
    const isWordy = this.kind === 'end of file' || this.kind === 'path-end';
    const found = isWordy ? this.kind : `'${printable(this.source.slice(start, end), 40)}'`;
    this.fail(`expected ${expected}, found ${found}`);
  }

  private fail(problem: string, offset = this.start): never {
    throw new NixSyntaxError(this.path, this.source, offset, problem);
  }
}

function isOperandStart(kind: TokenKind): boolean {
  return OPERAND_STARTS.has(kind);
}

function isNameStart(kind: TokenKind): boolean {
  return kind === 'identifier' || kind === 'or' || kind === '"' || kind === '${';
}

/** Whether Nix knows the name when it parses: `a`, `"a"`, `${"a"}` and `${("a")}`, but not `"a${b}"`. */
function isStaticName(name: Syntax.AttributeName): boolean {
  let inner: Syntax.AttributeName | Syntax.Expression = name;
  while (inner.kind === 'interpolation' || inner.kind === 'parenthesized') inner = inner.expression;
  if (inner.kind === 'variable') return inner === name;
  return inner.kind === 'string' && inner.parts.every((part) => part.kind === 'text');
}

function complete({ operator, left, start }: OpenOperator, operand: Syntax.Expression): Syntax.Expression {
  if (left) return binary(operator as Syntax.BinaryOperator, left, operand);
  return { kind: 'unary', start, end: operand.end, operator: operator as '!' | '-', operand };
}

function binary(operator: Syntax.BinaryOperator, left: Syntax.Expression, right: Syntax.Expression): Syntax.Expression {
  return { kind: 'binary', start: left.start, end: right.end, operator, left, right };
}

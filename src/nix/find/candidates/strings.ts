import type * as Syntax from '../../language/syntax.js';
import { rangeIn } from '../../values/value.js';
import { isTagKey } from '../images/image-parts.js';
import type { Visit, Walk } from './candidate.js';
import { addArguments } from './sets.js';

type Here = Pick<Visit, 'scope' | 'state'>;

// How many characters at the end of a name are checked.
const LONGEST_NAME_END = 20;

/** The beginning of an image with its registry: `ghcr.io/`, `localhost:5000/`. */
const REGISTRY = /^(?:[a-z0-9-]+\.[a-z0-9.-]+(?::\d+)?|localhost(?::\d+)?|[a-z0-9.-]+:\d+)\//;

const REFERENCE_TEXT = /^[\w.:/@+-]*$/;

/** A string that may be `name:tag@sha256:…`. */
export function addString(literal: Syntax.StringLiteral, here: Here, walk: Walk): void {
  if (isTagKey(here.state.key)) return;
  const { source } = here.scope.file;
  const texts = textsOf(literal, source);
  const isConstant = texts.length === literal.parts.length;
  const hasDigest = texts.some((text) => /[@:]sha256:([0-9a-f]|$)/.test(text)) || endsInDigest(literal, source);
  if (isConstant ? hasDigest : texts.every((text) => REFERENCE_TEXT.test(text))) {
    addText(literal, hasDigest, here, walk);
  }
}

/** `"…@${cfg.imageDigest}"`: the value behind the `@` has the name of a digest, or a registry is in front of it. */
function endsInDigest(literal: Syntax.StringLiteral, source: string): boolean {
  const [before, last] = literal.parts.slice(-2);
  if (before?.kind !== 'text' || last?.kind !== 'interpolation') return false;
  if (!source.slice(before.start, before.end).endsWith('@')) return false;
  return isCalledDigest(last.expression, source) || REGISTRY.test(textsOf(literal, source)[0] ?? '');
}

/** `a // b` that may be a pin's arguments, or `a + b` that may be a string of an image. */
export function addWhole(expression: Syntax.Binary, here: Here, walk: Walk): void {
  const { scope, state } = here;
  if (expression.operator === '//') {
    const value = walk.evaluation.evaluate(expression, scope);
    if (value.kind === 'set') addArguments(value, rangeIn(scope, expression), state, walk);
    return;
  }
  const { source } = scope.file;
  const operands = operandsOf(expression);
  const texts = operands.flatMap((each) => (each.kind === 'string' ? textsOf(each, source) : []));
  if (texts.length === 0 || !texts.every((text) => REFERENCE_TEXT.test(text))) return;
  const last = operands.at(-1);
  const isBehindAt = textsOf(operands.at(-2), source).at(-1)?.endsWith('@') === true;
  const hasDigest = texts.some((text) => text.includes('@sha256:')) || (isBehindAt && isCalledDigest(last, source));
  if (hasDigest || operands.length === 2 || texts.some((text) => text.includes('@')))
    addText(expression, hasDigest, here, walk);
}

// How many operands a sum may have; an image has few parts.
const MOST_OPERANDS = 20;

/** The operands of `a + b + c`; only the last ones of a long sum. */
function operandsOf(expression: Syntax.Binary): Syntax.Expression[] {
  const found: Syntax.Expression[] = [];
  let left: Syntax.Expression = expression;
  while (left.kind === 'binary' && left.operator === '+' && found.length < MOST_OPERANDS) {
    found.unshift(left.right);
    left = left.left;
  }
  return [left, ...found];
}

/** The texts between the interpolations of a string. */
function textsOf(expression: Syntax.Expression | undefined, source: string): string[] {
  if (expression?.kind !== 'string') return [];
  return expression.parts.flatMap((part) => (part.kind === 'text' ? [source.slice(part.start, part.end)] : []));
}

/** Whether an expression ends in the name of a digest. */
function isCalledDigest(expression: Syntax.Expression | undefined, source: string): boolean {
  if (!expression) return false;
  const { start, end } = expression;
  return /(digest|sha256)"?$/i.test(source.slice(Math.max(start, end - LONGEST_NAME_END), end));
}

function addText(node: Syntax.Expression, hasDigest: boolean, { scope, state }: Here, walk: Walk): void {
  const value = walk.evaluation.evaluate(node, scope);
  if (value.kind === 'text' || (value.kind === 'unknown' && hasDigest)) {
    walk.add({ kind: 'string', value, hasDigest }, rangeIn(scope, node), state);
  }
}

import type * as Syntax from '../../language/syntax.js';
import { rangeIn } from '../../values/value.js';
import { isTagKey } from '../images/image-parts.js';
import type { Visit, Walk } from './candidate.js';
import { addArguments } from './sets.js';

type Here = Pick<Visit, 'scope' | 'state'>;

// How many characters at the end of a name are checked.
const LONGEST_NAME_END = 20;

const REFERENCE_TEXT = /^[\w.:/@+-]*$/;

/** A string that may be `name:tag@sha256:…`. */
export function addString(literal: Syntax.StringLiteral, here: Here, walk: Walk): void {
  if (isTagKey(here.state.key)) return;
  const { source } = here.scope.file;
  const texts = literal.parts.flatMap((part) => (part.kind === 'text' ? [source.slice(part.start, part.end)] : []));
  const isConstant = texts.length === literal.parts.length;
  const hasDigest = texts.some((text) => /[@:]sha256:([0-9a-f]|$)/.test(text)) || endsInDigest(literal, source);
  if (isConstant ? hasDigest : texts.every((text) => REFERENCE_TEXT.test(text))) {
    addText(literal, hasDigest, here, walk);
  }
}

/** `"…@${cfg.imageDigest}"`: the value behind the `@` has the name of a digest. */
function endsInDigest({ parts }: Syntax.StringLiteral, source: string): boolean {
  const [before, last] = parts.slice(-2);
  if (before?.kind !== 'text' || last?.kind !== 'interpolation') return false;
  const { start, end } = last.expression;
  const name = source.slice(Math.max(start, end - LONGEST_NAME_END), end);
  return source.slice(before.start, before.end).endsWith('@') && /(digest|sha256)"?$/i.test(name);
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
  const literals = [expression.left, expression.right].filter(({ kind }) => kind === 'string');
  const texts = literals.map(({ start, end }) => source.slice(start + 1, end - 1));
  if (texts.length === 0 || !texts.every((text) => REFERENCE_TEXT.test(text))) return;
  const hasDigest = texts.some((text) => text.includes('@sha256:'));
  addText(expression, hasDigest, here, walk);
}

function addText(node: Syntax.Expression, hasDigest: boolean, { scope, state }: Here, walk: Walk): void {
  const value = walk.evaluation.evaluate(node, scope);
  if (value.kind === 'text' || (value.kind === 'unknown' && hasDigest)) {
    walk.add({ kind: 'string', value, hasDigest }, rangeIn(scope, node), state);
  }
}

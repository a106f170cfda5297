import type { Range } from '../language/position.js';
import { constantText } from '../language/string-text.js';
import type * as Syntax from '../language/syntax.js';
import { attributeOf, besideAttribute, chosenAmong, lacks, stepInto } from '../values/attributes.js';
import type { Evaluation, Step } from '../values/evaluation.js';
import { computedText, textValue } from '../values/text.js';
import { NULL, rangeIn, type Scope, Thunk, type UnknownValue, unknown, type Value } from '../values/value.js';
import { pathNames } from './paths.js';
import { isPlatformFact, platformFact } from './platforms.js';

// The names in nixpkgs' lib for a hash that the user has yet to fill in.
const PLACEHOLDERS = new Map([
  ['fakeHash', `sha256-${'A'.repeat(43)}=`],
  ['fakeSha256', '0'.repeat(64)],
]);

/** Names that Nix itself binds, so that no `with` can bind them. */
const GLOBAL_NAMES: ReadonlySet<string> = new Set([
  ...['abort', 'baseNameOf', 'builtins', 'derivation', 'dirOf', 'false', 'fetchGit', 'fetchTarball', 'fromTOML'],
  ...['import', 'isNull', 'map', 'null', 'placeholder', 'removeAttrs', 'scopedImport', 'throw', 'toString', 'true'],
]);

const CONSTANTS: ReadonlyMap<string, Value> = new Map([
  ['true', { kind: 'boolean', value: true }],
  ['false', { kind: 'boolean', value: false }],
  ['null', NULL],
]);

export const variable: Step<Syntax.Variable> = (expression, scope, evaluation) =>
  asFact(boundTo(expression.name, expression, scope, evaluation), expression, scope, evaluation);

/** What a name means in a scope: bound lexically, by Nix itself, or by a `with`. */
export function boundTo(name: string, where: Range, scope: Scope, evaluation: Evaluation): Value {
  // A look-up through many scopes costs more steps.
  if (!evaluation.spend(scope.depth >> 3)) return unknown('too-heavy', rangeIn(scope, where));
  const thunk = scope.lexical(name);
  if (thunk) return thunk.force();
  const constant = CONSTANTS.get(name);
  if (constant) return constant;
  return (
    (GLOBAL_NAMES.has(name) ? undefined : fromWith(name, where, scope)) ??
    unknown('unknown-name', rangeIn(scope, where), { spelling: [name] })
  );
}

function fromWith(name: string, where: Range, scope: Scope): Value | undefined {
  for (let around = scope.nearestWith; around; around = around.outer.nearestWith) {
    const subject = around.subject.force();
    const found = lacks(subject, name) ? undefined : attributeOf(subject, name, rangeIn(scope, where));
    if (found) return found;
  }
  return undefined;
}

/** `subject.path` or `subject.path or fallback`. */
export const select: Step<Syntax.Select> = (expression, scope, evaluation) =>
  asFact(selected(expression, scope, evaluation), expression, scope, evaluation);

const selected: Step<Syntax.Select> = (expression, scope, evaluation) => {
  const where = rangeIn(scope, expression);
  let value = evaluation.evaluate(expression.subject, scope);
  const names = pathNames(expression.path, scope, evaluation);
  // The value may be any part of the subject, or the fallback.
  const { fallback } = expression;
  const others = fallback ? [evaluation.later(fallback, scope)] : [];
  if (!Array.isArray(names)) return { ...names, inputs: [...names.inputs, Thunk.of(value), ...others] };
  for (const [index, name] of names.entries()) {
    if (value.kind === 'unknown') return withInputs(stepInto(value, names.slice(index), where), others);
    if (fallback && lacks(value, name)) return evaluation.evaluate(fallback, scope);
    const part = attributeOf(value, name, where) ?? unknown('unsupported', where);
    const isComputed = expression.path[index]?.kind !== 'variable' && !isWritten(expression.path[index], scope);
    value = isComputed ? chosenAmong(part, besideAttribute(value, name), where, evaluation) : part;
  }
  return value;
};

function withInputs(value: UnknownValue, more: readonly Thunk[]): UnknownValue {
  return more.length === 0 ? value : { ...value, inputs: [...value.inputs, ...more] };
}

/** Whether a name is a string without interpolations. */
function isWritten(name: Syntax.AttributeName | undefined, { file }: Scope): boolean {
  return name?.kind === 'string' && constantText(file.source, name) !== undefined;
}

/** An unknown value whose name is that of a platform fact or of a placeholder hash (`lib.fakeHash`) has a known value after all. */
function asFact(value: Value, expression: Range, scope: Scope, evaluation: Evaluation): Value {
  if (value.kind !== 'unknown') return value;
  const where = rangeIn(scope, expression);
  const placeholder = PLACEHOLDERS.get(value.spelling.at(-1) ?? '');
  if (placeholder !== undefined) {
    return textValue([{ text: placeholder, origin: { ...where, quote: 'expression', verbatim: false } }]);
  }
  if (!isPlatformFact(value.spelling)) return value;
  const system = systemAsked(value, evaluation);
  const fact = system === undefined ? undefined : platformFact(value.spelling, system);
  if (fact === undefined) return unknown('platform', where, { spelling: value.spelling });
  return typeof fact === 'boolean' ? { kind: 'boolean', value: fact } : computedText(fact);
}

/** A package set for another system gives the facts of that one, but for those of the machine that builds. */
function systemAsked({ system, spelling }: UnknownValue, evaluation: Evaluation): string | undefined {
  if (system !== undefined && !spelling.some((name) => BUILDING.test(name))) return system;
  evaluation.notePlatform();
  return evaluation.system;
}

const BUILDING = /^(build|localSystem|currentSystem|pkgsBuild)/;

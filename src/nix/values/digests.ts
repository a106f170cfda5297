import { CHARACTERS_A_STEP } from './budget.js';
import type { Evaluation } from './evaluation.js';
import type { NixFiles } from './files.js';
import type { FunctionValue, SourceRange, TextValue, Value } from './value.js';

const DIGITS = 64;
const HEX = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/;
const BARE = /^[0-9a-f]{64}$/;
const DIGEST = /sha256:[0-9a-f]{64}(?![0-9a-f])/g;
/** How many values are searched for digests; a pin has a few. */
const MOST_VALUES = 500;

/**
 * The digests that stand in ranges of files, and in the parts that a value was made of. A value that cannot be followed may contain any of them.
 *
 * @param digest what is only a digest, and may be made of digits alone
 */
export function digestsWithin(
  ranges: readonly SourceRange[],
  value: Value | undefined,
  evaluation: Evaluation,
  digest?: Value,
): string[] {
  const { files } = evaluation;
  const length = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  if (!evaluation.spend(length / CHARACTERS_A_STEP.searched)) return [];
  const texts = ranges.map(({ file, start, end }) => (files.text(file) ?? '').slice(start, end));
  for (const text of textsWithin(value)) texts.push(text.text);
  const bare = textsWithin(digest).flatMap(({ text }) => (BARE.test(text) ? [`sha256:${text}`] : []));
  return [...new Set([...texts.flatMap((text) => text.match(DIGEST) ?? []), ...bare])];
}

/** The places of the literals that give a value its digests, also of those inside a function that is part of the value. */
export function digestPlaces(value: Value, files: NixFiles): SourceRange[] {
  const places: SourceRange[] = [];
  for (const part of partsWithin(value)) {
    if (part.kind === 'text')
      places.push(...part.segments.flatMap(({ text, origin }) => (origin && HEX.test(text) ? [origin] : [])));
    if (part.kind === 'function') places.push(...digestsWritten(part, files));
  }
  return places;
}

function digestsWritten({ lambda, scope }: FunctionValue, files: NixFiles): SourceRange[] {
  const { path: file } = scope.file;
  const text = (files.text(file) ?? '').slice(lambda.start, lambda.end);
  return Array.from(text.matchAll(new RegExp(HEX, 'g')), ({ index }) => {
    const start = lambda.start + index;
    return { file, start, end: start + DIGITS };
  });
}

/** The texts that a value is made of, those of a choice among them, as far as that is bounded. */
export function textsWithin(value: Value | undefined): TextValue[] {
  return value ? partsWithin(value).filter((part) => part.kind === 'text') : [];
}

/** A value and the values that it is made of, at most MOST_VALUES of them. */
export function partsWithin(value: Value): Value[] {
  const found: Value[] = [];
  const waiting = [value];
  while (found.length < MOST_VALUES) {
    const next = waiting.pop();
    if (!next) break;
    found.push(next);
    for (const part of partsOf(next)) waiting.push(part);
  }
  return found;
}

function partsOf(value: Value): Value[] {
  switch (value.kind) {
    case 'set':
      return [
        ...[...value.attributes.values()].slice(0, MOST_VALUES).map((part) => part.force()),
        ...(value.rest ? [value.rest] : []),
      ];
    case 'list':
      return value.items.slice(0, MOST_VALUES).map((part) => part.force());
    case 'built-in':
      return value.given.map((part) => part.force());
    case 'unknown':
      return value.inputs.slice(0, MOST_VALUES).map((part) => part.force());
    default:
      return [];
  }
}

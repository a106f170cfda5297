import type { Evaluation } from '../values/evaluation.js';
import type { SourceRange, Value } from '../values/value.js';

const DIGEST = /sha256:[0-9a-f]{64}(?![0-9a-f])/g;
/** Values that are looked into; a pin has a few. */
const MOST_VALUES = 500;
// What can be searched in the time of one step.
const CHARACTERS_A_STEP = 256;
/** Digests that are named in one message. */
const MOST_SHOWN = 20;

/** The digests that stand in a range of a file, and in what a value was made of; what cannot be followed may be made of them. */
export function digestsWithin(
  ranges: readonly SourceRange[],
  value: Value | undefined,
  evaluation: Evaluation,
): string[] {
  const { files } = evaluation;
  const length = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  if (!evaluation.spend(length / CHARACTERS_A_STEP)) return [];
  const texts = ranges.map(({ file, start, end }) => (files.text(file) ?? '').slice(start, end));
  const waiting = value ? [value] : [];
  for (let count = 0; count < MOST_VALUES; count++) {
    const next = waiting.pop();
    if (!next) break;
    if (next.kind === 'text') texts.push(next.text);
    else for (const part of partsOf(next)) waiting.push(part);
  }
  return [...new Set(texts.flatMap((text) => text.match(DIGEST) ?? []))];
}

/** Those digests as the end of a message that does not name them yet. */
export function withDigests(message: string, digests: readonly string[]): string {
  const missing = digests.filter((digest) => !message.includes(digest));
  if (missing.length === 0) return message;
  const more = missing.length > MOST_SHOWN ? ` and ${missing.length - MOST_SHOWN} more` : '';
  return `${message} (it has ${missing.slice(0, MOST_SHOWN).join(', ')}${more})`;
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
    case 'unknown':
      return value.inputs.slice(0, MOST_VALUES).map((part) => part.force());
    default:
      return [];
  }
}

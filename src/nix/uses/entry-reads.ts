import { Evaluator } from '../evaluation/evaluator.js';
import { parseNix } from '../language/parser.js';
import { Budget } from '../values/budget.js';
import { type Naming, NixFiles, type ReadFile } from '../values/files.js';
import { isInside } from '../values/text.js';
import { rangeIn, type SourceRange, type Value } from '../values/value.js';
import { readingsIn } from './readings.js';

interface ReadSettings {
  /** A system whose values are not in the entry, so that a choice by system takes another one. */
  readonly system: string;
  readonly read: ReadFile;
  readonly naming?: Naming | undefined;
}

/** Where a file reads an entry of a table by its name; undefined when the file takes too much work. */
export function readsOfEntry(
  { path, text }: { readonly path: string; readonly text: string },
  entry: SourceRange,
  { system, read, naming }: ReadSettings,
): readonly SourceRange[] | undefined {
  const files = new NixFiles(parseNix(text, path), read, naming);
  const budget = new Budget(text.length);
  const evaluator = new Evaluator(files, system, budget);
  const reads: SourceRange[] = [];
  readingsIn(evaluator, ({ expression, scope, isInCall }) => {
    const place = rangeIn(scope, expression);
    // A function that is mapped over the whole table gets each entry that there is.
    if (isInCall || isInside(place, entry)) return;
    if (placesOf(evaluator.evaluate(expression, scope)).some((each) => isInside(each, entry))) reads.push(place);
  });
  return budget.isSpent ? undefined : reads;
}

/** Where a value stands, and the places that it came through. */
function placesOf(value: Value): readonly SourceRange[] {
  if (value.kind !== 'text' && value.kind !== 'set' && value.kind !== 'list') return [];
  const written = value.kind === 'text' ? value.segments.flatMap(({ origin }) => origin ?? []) : [];
  return [...(value.through ?? []), ...written];
}

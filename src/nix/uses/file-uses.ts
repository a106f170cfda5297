import { Evaluator } from '../evaluation/evaluator.js';
import { parseNix } from '../language/parser.js';
import { Budget } from '../values/budget.js';
import { type Naming, NixFiles, type ReadFile } from '../values/files.js';
import { literalsOf } from '../values/text.js';
import { rangeIn, type SourceRange, type Value } from '../values/value.js';
import { contextOf, type UseContext } from './context.js';
import { readingsIn } from './readings.js';

/** A place where a text from some literals, or a set that holds some, is used. */
export interface Use extends UseContext {
  readonly place: SourceRange;
  /** The literals that its text is made of; for a set, the whole sets. */
  readonly literals: readonly SourceRange[];
  readonly isSet: boolean;
}

/** The uses of literals in a file, and in the functions of other files that it calls; undefined when the file takes too much work. */
export function usesIn(
  { path, text }: { readonly path: string; readonly text: string },
  read: ReadFile,
  naming?: Naming,
): readonly Use[] | undefined {
  const files = new NixFiles(parseNix(text, path), read, naming);
  const budget = new Budget(text.length);
  const evaluator = new Evaluator(files, 'x86_64-linux', budget);
  const uses: Use[] = [];
  readingsIn(evaluator, ({ expression, scope, inherit }) => {
    const value = evaluator.evaluate(expression, scope);
    const literals = usedLiterals(value);
    if (literals.of.length === 0) return;
    const text = value.kind === 'text' ? value.text : undefined;
    const context = inherit
      ? { kind: inherit.kind, name: inherit.name, ranges: [inherit.range], text }
      : contextOf(expression, scope, evaluator);
    uses.push({ ...context, place: rangeIn(scope, expression), literals: literals.of, isSet: literals.isSet });
  });
  return budget.isSpent ? undefined : uses;
}

function usedLiterals(value: Value): { readonly of: readonly SourceRange[]; readonly isSet: boolean } {
  if (value.kind === 'text') return { of: literalsOf(value), isSet: false };
  if (value.kind !== 'set') return { of: [], isSet: true };
  const { literals, through = [] } = value;
  const of = literals.flatMap(
    (literal) => through.find(({ start, end }) => start === literal.start && end === literal.end) ?? [],
  );
  return { of, isSet: true };
}

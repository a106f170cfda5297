import { Evaluator } from '../evaluation/evaluator.js';
import { recursiveScope } from '../evaluation/sets.js';
import { findCandidates } from '../find/candidates/find-candidates.js';
import { parseNix } from '../language/parser.js';
import type * as Syntax from '../language/syntax.js';
import { Budget } from '../values/budget.js';
import { type Naming, NixFiles, type ReadFile } from '../values/files.js';
import { literalsOf } from '../values/text.js';
import { rangeIn, type Scope, type SourceRange, type Value } from '../values/value.js';
import { contextOf, type UseContext } from './context.js';
import { bindingsOf } from './parents.js';

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
  const add = (expression: Syntax.Expression, scope: Scope, context?: UseContext): void => {
    const literals = usedLiterals(evaluator.evaluate(expression, scope));
    if (literals.of.length === 0) return;
    const own = context ?? contextOf(expression, scope, evaluator);
    uses.push({ ...own, place: rangeIn(scope, expression), literals: literals.of, isSet: literals.isSet });
  };
  findCandidates(evaluator, ({ expression, scope }) => {
    if (isReading(expression)) add(expression, scope);
    for (const binding of bindingsOf(expression)) {
      if (binding.kind !== 'inherit') continue;
      const kind = expression.kind === 'let' ? 'name' : 'attribute';
      const within = binding.from ? scopeOfSources(expression, scope, evaluator) : scope;
      for (const { name, read } of inherited(binding)) {
        const value = evaluator.evaluate(read, within);
        const text = value.kind === 'text' ? value.text : undefined;
        add(read, within, { kind, name, ranges: [rangeIn(scope, binding)], text });
      }
    }
  });
  return budget.isSpent ? undefined : uses;
}

const IMPORTS = /^(?:import|importJSON|importTOML|fromJSON|fromTOML|readFile|fileContents)$/;

/** Whether an expression reads a value that stands elsewhere, or is a literal. */
function isReading(expression: Syntax.Expression): boolean {
  if (expression.kind !== 'apply')
    return expression.kind === 'variable' || expression.kind === 'select' || expression.kind === 'string';
  const callee = expression.function;
  const last = callee.kind === 'select' ? callee.path.at(-1) : callee;
  return last?.kind === 'variable' && IMPORTS.test(last.name);
}

/** The scope in which the sources of `inherit (source) name;` stand. */
function scopeOfSources(expression: Syntax.Expression, scope: Scope, evaluator: Evaluator): Scope {
  const isRecursive = expression.kind === 'set' ? expression.recursive : true;
  return isRecursive ? recursiveScope(bindingsOf(expression), scope, evaluator) : scope;
}

/** The names of an `inherit`, each with an expression that means the same. */
function inherited({ names, from }: Syntax.Inherit): { readonly name: string; readonly read: Syntax.Expression }[] {
  return names.flatMap((name) => {
    if (name.kind !== 'variable') return [];
    const { start, end } = name;
    return [{ name: name.name, read: from ? { kind: 'select', subject: from, path: [name], start, end } : name }];
  });
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

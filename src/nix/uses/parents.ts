import type * as Syntax from '../language/syntax.js';
import { children } from '../language/traverse.js';

/** What an expression stands in: another expression, the value of a binding of one, or the default of a parameter. */
export interface Parent {
  readonly expression: Syntax.Expression;
  readonly binding?: Syntax.Binding;
  readonly formal?: Syntax.Formal;
}

const OF_FILES = new WeakMap<Syntax.NixFile, ReadonlyMap<Syntax.Expression, Parent>>();

/** What each expression of a file stands in; the whole file stands in nothing. */
export function parentsIn(file: Syntax.NixFile): ReadonlyMap<Syntax.Expression, Parent> {
  const known = OF_FILES.get(file);
  if (known) return known;
  const parents = new Map<Syntax.Expression, Parent>();
  const waiting = [file.root];
  for (let expression = waiting.pop(); expression; expression = waiting.pop()) {
    for (const inner of children(expression)) {
      parents.set(inner, { expression });
      waiting.push(inner);
    }
    for (const [inner, parent] of namedIn(expression)) parents.set(inner, parent);
  }
  OF_FILES.set(file, parents);
  return parents;
}

/** The expressions that stand in a binding of another one, or are the default of a parameter. */
function namedIn(expression: Syntax.Expression): [Syntax.Expression, Parent][] {
  const bound = bindingsOf(expression).flatMap((binding): [Syntax.Expression, Parent][] => {
    const inner = binding.kind === 'assignment' ? binding.value : binding.from;
    return inner ? [[inner, { expression, binding }]] : [];
  });
  const formals = expression.kind === 'lambda' ? (expression.formals ?? []) : [];
  const defaults = formals.flatMap((formal): [Syntax.Expression, Parent][] =>
    formal.fallback ? [[formal.fallback, { expression, formal }]] : [],
  );
  return [...bound, ...defaults];
}

/** The bindings of a set or a `let`; none for any other expression. */
export function bindingsOf(expression: Syntax.Expression): readonly Syntax.Binding[] {
  return expression.kind === 'set' || expression.kind === 'let' || expression.kind === 'let-body'
    ? expression.bindings
    : [];
}

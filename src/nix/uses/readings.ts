import { spine } from '../evaluation/calls.js';
import type { Evaluator } from '../evaluation/evaluator.js';
import { recursiveScope } from '../evaluation/sets.js';
import { findCandidates } from '../find/candidates/find-candidates.js';
import type * as Syntax from '../language/syntax.js';
import { rangeIn, type Scope, type SourceRange } from '../values/value.js';
import { bindingsOf } from './parents.js';

/** An expression that reads a value which stands elsewhere, or is a literal. */
export interface Reading {
  readonly expression: Syntax.Expression;
  readonly scope: Scope;
  /** The `inherit` that reads it, and the name that the value gets there. */
  readonly inherit?: { readonly name: string; readonly kind: 'name' | 'attribute'; readonly range: SourceRange };
  /** Whether it stands in a function that is walked with the arguments of a call. */
  readonly isInCall: boolean;
}

/** Finds what reads values in a file, and in the functions of other files that it calls. */
export function readingsIn(evaluator: Evaluator, onReading: (reading: Reading) => void): void {
  findCandidates(evaluator, ({ expression, scope, state }) => {
    const isInCall = state.callDepth > 0;
    if (isReading(expression)) onReading({ expression, scope, isInCall });
    for (const binding of bindingsOf(expression)) {
      if (binding.kind !== 'inherit') continue;
      const kind = expression.kind === 'let' ? 'name' : 'attribute';
      const range = rangeIn(scope, binding);
      const within = binding.from ? scopeOfSources(expression, scope, evaluator) : scope;
      for (const { name, read } of inherited(binding))
        onReading({ expression: read, scope: within, inherit: { name, kind, range }, isInCall });
    }
  });
}

const READS =
  /^(?:import|importJSON|importTOML|fromJSON|fromTOML|readFile|fileContents|getAttr|attrByPath|getAttrFromPath)$/;

/** Whether an expression reads a value that stands elsewhere, or is a literal. */
function isReading(expression: Syntax.Expression): boolean {
  if (expression.kind !== 'apply')
    return expression.kind === 'variable' || expression.kind === 'select' || expression.kind === 'string';
  const { head } = spine(expression);
  const last = head.kind === 'select' ? head.path.at(-1) : head;
  return last?.kind === 'variable' && READS.test(last.name);
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

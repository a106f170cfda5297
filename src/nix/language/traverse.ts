import type { AttributeName, AttributePath, Binding, Expression, StringPart } from './syntax.js';

/** The expressions directly inside of another one, in the order of the source. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'string':
    case 'path':
      return partExpressions(expression.parts);
    case 'select':
      return [expression.subject, ...pathExpressions(expression.path), ...present(expression.fallback)];
    case 'has-attribute':
      return [expression.subject, ...pathExpressions(expression.path)];
    case 'apply':
      return [expression.function, expression.argument];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'lambda':
      return [...(expression.formals ?? []).flatMap(({ fallback }) => fallback ?? []), expression.body];
    case 'set':
    case 'let-body':
      return bindingExpressions(expression.bindings);
    case 'let':
      return [...bindingExpressions(expression.bindings), expression.body];
    case 'list':
      return expression.items;
    case 'if':
      return [expression.condition, expression.consequent, expression.alternative];
    case 'with':
      return [expression.subject, expression.body];
    case 'assert':
      return [expression.condition, expression.body];
    case 'parenthesized':
      return [expression.expression];
    default:
      return [];
  }
}

/** The expression and all expressions inside it, in the order of the source. Works for trees of any depth. */
export function* descendants(root: Expression): Generator<Expression> {
  const waiting = [root];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    const inner = children(next);
    for (let i = inner.length - 1; i >= 0; i--) waiting.push(inner[i] as Expression);
  }
}

/** The expressions in `${…}` of an attribute path. */
export function pathExpressions(path: AttributePath): Expression[] {
  return path.flatMap((name) => nameExpressions(name));
}

function bindingExpressions(bindings: readonly Binding[]): Expression[] {
  return bindings.flatMap((binding) =>
    binding.kind === 'assignment' ? [...pathExpressions(binding.path), binding.value] : present(binding.from),
  );
}

function nameExpressions(name: AttributeName): Expression[] {
  if (name.kind === 'variable') return [];
  return name.kind === 'string' ? partExpressions(name.parts) : [name.expression];
}

function partExpressions(parts: readonly StringPart[]): Expression[] {
  return parts.flatMap((part) => (part.kind === 'interpolation' ? [part.expression] : []));
}

function present(expression: Expression | undefined): Expression[] {
  return expression ? [expression] : [];
}

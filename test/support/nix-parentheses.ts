import type * as Syntax from '../../src/nix/language/syntax.js';

/**
 * The program again with parentheses around each inner expression, so that it says explicitly how our parser understood it.
 * Nix drops parentheses: it prints the same tree for both exactly when it understood the original as we do.
 */
export function parenthesize({ source, root }: Syntax.NixFile): string {
  const write = (expression: Syntax.Expression): string => `(${bare(expression)})`;

  const bare = (e: Syntax.Expression): string => {
    switch (e.kind) {
      case 'string':
        return e.quote === 'uri' ? text(e) : source.slice(e.start, e.start + opening(e)) + parts(e.parts) + e.quote;
      case 'path':
        return parts(e.parts);
      case 'select':
        return `${write(e.subject)}.${path(e.path)}${e.fallback ? ` or ${write(e.fallback)}` : ''}`;
      case 'has-attribute':
        return `${write(e.subject)} ? ${path(e.path)}`;
      case 'apply':
        return `${write(e.function)} ${write(e.argument)}`;
      case 'unary':
        return `${e.operator} ${write(e.operand)}`;
      case 'binary':
        return `${write(e.left)} ${e.operator} ${write(e.right)}`;
      case 'lambda':
        return `${head(e)}: ${write(e.body)}`;
      case 'set':
        return `${e.recursive ? 'rec ' : ''}{ ${bindings(e.bindings)} }`;
      case 'let':
        return `let ${bindings(e.bindings)} in ${write(e.body)}`;
      case 'let-body':
        return `let { ${bindings(e.bindings)} }`;
      case 'list':
        return `[ ${e.items.map(write).join(' ')} ]`;
      case 'if':
        return `if ${write(e.condition)} then ${write(e.consequent)} else ${write(e.alternative)}`;
      case 'with':
        return `with ${write(e.subject)}; ${write(e.body)}`;
      case 'assert':
        return `assert ${write(e.condition)}; ${write(e.body)}`;
      case 'parenthesized':
        return write(e.expression);
      default:
        return text(e);
    }
  };

  const text = ({ start, end }: Syntax.Expression): string => source.slice(start, end);
  // The opening mark of an indented string swallows a first line of spaces.
  const opening = (e: Syntax.StringLiteral): number => (e.parts[0]?.start ?? e.end - e.quote.length) - e.start;
  const parts = (all: readonly Syntax.StringPart[]): string =>
    all
      .map((part) => (part.kind === 'text' ? source.slice(part.start, part.end) : `\${${write(part.expression)}}`))
      .join('');
  const name = (attribute: Syntax.AttributeName): string => {
    if (attribute.kind === 'variable') return attribute.name;
    return attribute.kind === 'string' ? bare(attribute) : `\${${write(attribute.expression)}}`;
  };
  const path = (names: Syntax.AttributePath): string => names.map(name).join('.');
  const bindings = (all: readonly Syntax.Binding[]): string => all.map(binding).join(' ');
  const binding = (b: Syntax.Binding): string =>
    b.kind === 'assignment'
      ? `${path(b.path)} = ${write(b.value)};`
      : `inherit ${b.from ? `(${bare(b.from)})` : ''} ${b.names.map(name).join(' ')};`;
  const head = ({ parameter, formals, ellipsis }: Syntax.Lambda): string => {
    if (!formals) return `${parameter}`;
    const names = formals.map((f) => (f.fallback ? `${f.name} ? ${write(f.fallback)}` : f.name));
    return `${parameter === undefined ? '' : `${parameter}@`}{ ${[...names, ...(ellipsis ? ['...'] : [])].join(', ')} }`;
  };

  return write(root);
}

import type { Range } from '../../language/position.js';
import { constantText } from '../../language/string-text.js';
import type * as Syntax from '../../language/syntax.js';
import { children } from '../../language/traverse.js';
import type { NixFiles } from '../../values/files.js';
import { jsonNamesAt } from '../../values/json.js';
import { countBefore } from '../../values/ordered.js';
import type { SourceRange } from '../../values/value.js';

/** The names of the attributes around a place, the outermost first: `packages`, `aarch64-linux`, `image`. Computed names are omitted. */
export function namesAround({ file, start, end }: SourceRange, files: NixFiles): string[] {
  if (file.endsWith('.json')) {
    const tree = files.json(file);
    return tree ? jsonNamesAt(tree, start) : [];
  }
  const nix = files.nix(file);
  return nix ? namesIn(nix, start, end) : [];
}

function namesIn({ root, source }: Syntax.NixFile, start: number, end: number): string[] {
  const names: string[] = [];
  const holds = (range: { readonly start: number; readonly end: number }) => range.start <= start && end <= range.end;
  for (let inside: Syntax.Expression | undefined = root; inside && holds(inside); ) {
    const binding: Syntax.Binding | undefined = oneAround(bindingsOf(inside), start, holds);
    if (binding?.kind === 'assignment') {
      for (const name of binding.path.flatMap((each) => nameOf(each, source) ?? [])) names.push(name);
      inside = binding.value;
    } else inside = oneAround(childrenOf(inside), start, holds);
  }
  return names;
}

/** The part of an expression that contains a place. The parts are in the order of the source. */
function oneAround<Part extends Range>(
  parts: readonly Part[],
  start: number,
  holds: (part: Part) => boolean,
): Part | undefined {
  const part = parts[countBefore(parts, (each) => each.start <= start) - 1];
  return part && holds(part) ? part : undefined;
}

const CHILDREN = new WeakMap<Syntax.Expression, readonly Syntax.Expression[]>();

// The pins of a file share the expressions around them, so the answer for each expression is kept.
function childrenOf(expression: Syntax.Expression): readonly Syntax.Expression[] {
  const known = CHILDREN.get(expression) ?? children(expression);
  CHILDREN.set(expression, known);
  return known;
}

function bindingsOf(expression: Syntax.Expression): readonly Syntax.Binding[] {
  const { kind } = expression;
  return kind === 'set' || kind === 'let' || kind === 'let-body' ? expression.bindings : [];
}

function nameOf(name: Syntax.AttributeName, source: string): string | undefined {
  if (name.kind === 'variable') return name.name;
  return name.kind === 'string' ? constantText(source, name) : undefined;
}

import type { Lines } from '../../nix/language/position.js';
import type * as Syntax from '../../nix/language/syntax.js';
import { children, descendants } from '../../nix/language/traverse.js';

/** A string that is the whole value of an attribute, or a whole item of a list. */
export interface WholeString {
  readonly literal: Syntax.StringLiteral;
  /** The attribute or the item. */
  readonly place: Syntax.Assignment | Syntax.StringLiteral;
  /** Whether it is the attribute `image` of a set, and no other attribute there says what is fetched. */
  readonly isImage: boolean;
  readonly isRecursive: boolean;
  /** What it stands in, the outermost first. */
  readonly groups: readonly Syntax.Expression[];
}

/** Attributes that say by themselves what an `image` beside them is loaded from. */
const FETCHED = /^(?:imageFile|imageStream|imageDigest|digest|sha256|hash|outputHash)$/;
/** Sets within sets, up to this many, may be frozen by a comment above the outer one. */
const MOST_GROUPS = 50;

/** All strings of a file that are a whole value or item, in the order of the source. */
export function wholeStrings({ root, source }: Syntax.NixFile): WholeString[] {
  const found: WholeString[] = [];
  const waiting: { expression: Syntax.Expression; groups: readonly Syntax.Expression[] }[] = [
    { expression: root, groups: [] },
  ];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { expression, groups } = next;
    const within = [...groups.slice(-MOST_GROUPS), expression];
    if (expression.kind === 'set' || expression.kind === 'let' || expression.kind === 'let-body')
      found.push(...valuesOf(expression, source, within));
    if (expression.kind === 'list')
      for (const literal of expression.items)
        if (isPlain(literal))
          found.push({ literal, place: literal, isImage: false, isRecursive: false, groups: within });
    for (const inner of children(expression)) waiting.push({ expression: inner, groups: within });
  }
  return found.toSorted((one, other) => one.literal.start - other.literal.start);
}

function valuesOf(
  { kind, bindings, ...rest }: Syntax.AttributeSet | Syntax.Let | Syntax.LetBody,
  source: string,
  groups: readonly Syntax.Expression[],
): WholeString[] {
  const named = bindings.flatMap((binding) =>
    binding.kind === 'assignment' ? [{ binding, names: namesOf(binding, source) }] : [],
  );
  const fetched = new Set(named.flatMap(({ names }) => (FETCHED.test(names.at(-1) ?? '') ? [prefixOf(names)] : [])));
  return named.flatMap(({ binding, names }) => {
    const literal = binding.value;
    if (!isPlain(literal) || FETCHED.test(names.at(-1) ?? '')) return [];
    const isImage = kind === 'set' && names.at(-1) === 'image' && !fetched.has(prefixOf(names));
    return [{ literal, place: binding, isImage, isRecursive: 'recursive' in rest && rest.recursive === true, groups }];
  });
}

function namesOf({ path }: Syntax.Assignment, source: string): string[] {
  return path.map(({ start, end }) => source.slice(start, end).replaceAll('"', ''));
}

function prefixOf(names: readonly string[]): string {
  return JSON.stringify(names.slice(0, -1));
}

/** A string that is one piece of text. */
function isPlain(expression: Syntax.Expression): expression is Syntax.StringLiteral {
  return expression.kind === 'string' && expression.parts.length === 1 && expression.parts[0]?.kind === 'text';
}

/** Where a file makes a longer text with an attribute `image`, or reads a name `image`: a digest may not fit there. */
export function useInText({ root, path }: Syntax.NixFile, lines: Lines): { inText?: string; byName?: string } {
  const message = (what: string, at: number): string =>
    `${what} at ${path}:${lines.at(at).line}, where a digest may not fit: look at that and write the digest by hand`;
  const use: { inText?: string; byName?: string } = {};
  for (const expression of descendants(root)) {
    const isText = expression.kind === 'string' || (expression.kind === 'binary' && expression.operator === '+');
    if (isText && children(expression).some(isNamedImage))
      use.inText ??= message('a text is made with an image', expression.start);
    if (expression.kind === 'variable' && expression.name === 'image')
      use.byName ??= message('it is read by its name', expression.start);
  }
  return use;
}

function isNamedImage(expression: Syntax.Expression): boolean {
  if (expression.kind === 'parenthesized') return isNamedImage(expression.expression);
  if (expression.kind === 'variable') return expression.name === 'image';
  const last = expression.kind === 'select' ? expression.path.at(-1) : undefined;
  return last?.kind === 'variable' && last.name === 'image';
}

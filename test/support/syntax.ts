import { parseAst } from 'vite';

/** A node of a syntax tree, with the node that it stands in and the name of its place there. */
export interface SyntaxNode {
  readonly node: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly parent: SyntaxNode | undefined;
  readonly place: string;
}

const parsed = new Map<string, readonly SyntaxNode[]>();

/** All nodes of a source text in TypeScript, each before those inside of it. */
export function nodesOf(text: string): readonly SyntaxNode[] {
  const known = parsed.get(text);
  if (known) return known;
  const nodes = [...within(parseAst(text, { lang: 'ts' }), undefined, '')];
  parsed.set(text, nodes);
  return nodes;
}

function* within(value: unknown, parent: SyntaxNode | undefined, place: string): Generator<SyntaxNode> {
  if (Array.isArray(value)) for (const each of value) yield* within(each, parent, place);
  else if (isNode(value)) {
    const found = { node: value, parent, place };
    yield found;
    for (const [key, child] of Object.entries(value)) yield* within(child, found, key);
  }
}

function isNode(value: unknown): value is SyntaxNode['node'] {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The text of a string that is written out; undefined for any other node. */
export function literalText(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Literal') return typeof value['value'] === 'string' ? value['value'] : undefined;
  const { quasis, expressions } = value;
  if (value.type !== 'TemplateLiteral' || !Array.isArray(quasis) || !Array.isArray(expressions)) return undefined;
  return expressions.length === 0 ? String((quasis[0] as { value: { cooked: unknown } }).value.cooked) : undefined;
}

/** The name of an identifier; undefined for any other node. */
export function identifierName(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Identifier' ? String(value['name']) : undefined;
}

/**
 * Where a text uses some global names: `process.env` where a member is read in the same place, else the bare name, which may go anywhere. A
 * property of that name, and the name in an import, are not the global.
 */
export function globalsIn(text: string, names: readonly string[]): string[] {
  const found = nodesOf(text).map((each) => {
    const name = identifierName(each.node);
    if (name === undefined || !names.includes(name) || isKey(each) || each.parent?.node.type.startsWith('Import'))
      return [];
    const member = each.place === 'object' ? memberName(each.parent) : undefined;
    return [member === undefined ? name : `${name}.${member}`];
  });
  return [...new Set(found.flat())].sort();
}

/** Whether a name only says which property is meant, as in `{ process: 1 }` and `thread.process`. */
function isKey({ parent, place }: SyntaxNode): boolean {
  return parent?.node['computed'] === false && (place === 'property' || place === 'key');
}

function memberName(parent: SyntaxNode | undefined): string | undefined {
  if (parent?.node.type !== 'MemberExpression') return undefined;
  const { computed, property } = parent.node;
  return computed === false ? identifierName(property) : literalText(property);
}

import { expect, test } from 'vitest';
import { readSource, sourceFiles } from './support/source-imports.js';
import { nodesOf, type SyntaxNode } from './support/syntax.js';

/** The functions of other packages and of Node that accept a missing option, but not one that is undefined. */
const FOREIGN: Readonly<Record<string, string>> = {
  'machine/run-program.ts': 'settings of execa',
  'registry/tls/trust.ts': "options of Node's TLS",
  'registry/transport/dispatchers.ts': 'token and headers of undici',
  'registry/transport/transport.ts': 'body of undici',
};

test('our own settings are undefined when they are not given, and not omitted by a conditional spread', () => {
  const found = sourceFiles().filter((file) => hasConditionalSpread(readSource(file)));
  const how = 'Declare the member as `x?: T | undefined` and hand it over as it is.';
  expect(found.sort(), how).toEqual(Object.keys(FOREIGN).sort());
});

test.each([
  ['const a = { ...(x && { x }) };', true],
  ['const a = { ...(x !== undefined && { x: x.y }) };', true],
  ['const a = { ...(x ? {} : { x }) };', true],
  ['const a = {\n  ...(x\n    ? { x }\n    : {}),\n};', true],
  ['const a = { ...(x ? { x } : undefined) };', true],
  ['const a = { ...(x ?? {}) };', true],
  ['const a = { ...(x ? { x } : { y }) };', false],
  ['const a = { ...(x ?? { y }) };', false],
  ['const a = [...(x ? [] : [y])];', false],
  ['f(...(x ? [x] : []));', false],
])('the check of %j says %s', (text, isFound) => expect(hasConditionalSpread(text)).toBe(isFound));

/** Whether members are spread into an object in one case and omitted in the other. */
function hasConditionalSpread(text: string): boolean {
  return nodesOf(text).some(
    ({ node, parent }) =>
      node.type === 'SpreadElement' && parent?.node.type === 'ObjectExpression' && omits(node['argument'] as Node),
  );
}

type Node = SyntaxNode['node'];

function omits(spread: Node): boolean {
  if (spread.type === 'LogicalExpression') return spread['operator'] === '&&' || isNothing(spread['right'] as Node);
  const branches = [spread['consequent'], spread['alternate']] as Node[];
  return spread.type === 'ConditionalExpression' && branches.some(isNothing);
}

/** `{}`, `undefined`, `null` or `false`. */
function isNothing({ type, properties, name, value }: Node): boolean {
  if (type === 'ObjectExpression') return Array.isArray(properties) && properties.length === 0;
  return name === 'undefined' || (type === 'Literal' && (value === null || value === false));
}

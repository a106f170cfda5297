import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Declarations, keyOf } from '../support/declarations.js';

const declarations = new Declarations(fileURLToPath(new URL('../../dist/types', import.meta.url)));
const names = declarations.exportsOf('index.d.ts');

/** The names that the library exports. A name that is added here must also be added to docs/library.md. */
const VALUES = [
  ...['fromProcess', 'connectRegistries', 'openOciLayout', 'openNixStore', 'openCache', 'openPinFiles'],
  ...['parseReference', 'formatReference', 'parsePlatform', 'formatHash'],
  ...['resolveImage', 'inspectImage', 'pinImage', 'createRenderer', 'pinToJson', 'findTags'],
  ...['listPins', 'planBump', 'writePlan', 'applyEdits', 'planToJson', 'planToMarkdown', 'planToCommitMessage'],
  ...['PullpinError', 'UsageError', 'RegistryError', 'AuthenticationError', 'NotFoundError', 'RateLimitedError'],
];
/** Types stand beside them, as few as describe these values. */
const MAX_TYPES = 75;

test('the library exports these values', async () => {
  const library: object = await import(new URL('../../dist/index.js', import.meta.url).href);
  expect(Object.keys(library).sort()).toEqual([...VALUES].sort());
  expect(names.size - VALUES.length).toBeLessThanOrEqual(MAX_TYPES);
});

test('every type that they and their types name is exported', () => {
  const exported = new Set([...names.values()].map(keyOf));
  const reachable = declarations.reachableFrom(names.values());
  expect(reachable.filter((each) => !exported.has(keyOf(each)))).toEqual([]);
});

test('no other type is exported', () => {
  const values = VALUES.flatMap((name) => names.get(name) ?? []);
  const needed = new Set(declarations.reachableFrom(values).map(keyOf));
  expect([...names].filter(([, declared]) => !needed.has(keyOf(declared))).map(([name]) => name)).toEqual([]);
});

test('the declarations need no package', () => {
  const files = new Set(declarations.reachableFrom(names.values()).map(({ file }) => file));
  expect([...files].flatMap((file) => declarations.foreignImports(file))).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importsOf, readSource, sourceFiles } from './support/source-imports.js';
import { identifierName, nodesOf, type SyntaxNode } from './support/syntax.js';

/** Functions and constants that only tests import, and why. */
const TESTED: Readonly<Record<string, string>> = {
  'cli/terminal/report.ts placeOfHelp': 'test/docs looks for the entry of each class of errors',
  'files/revision.ts resolveRevision': 'which commit a word means is compared with git',
  'oci/choose-platform.ts chooseByOsAndArchitecture': 'a plain implementation of the rules of pullImage agrees with it',
  'oci/media-types.ts DOCKER_LAYERS': 'the list is compared with that of skopeo',
};

interface Export {
  readonly file: string;
  readonly name: string;
  /** Whether it is there when the program runs: a type or a class stands in what other exports give. */
  readonly isUsable: boolean;
}

/** What the compiler of AssemblyScript, or a plugin of the build, reads. */
const files = sourceFiles().filter((file) => !file.includes('/assembly/') && !file.endsWith('.d.ts'));
const all = files.flatMap((file) => exportsOf(file, readSource(file)));

test('an exported name is that of one thing', () => {
  expect(twice(all), 'Give one of them a name that says more.').toEqual([]);
});

test('a function or constant that is exported is imported', () => {
  const how = 'Take the word export away, or the function.';
  expect(unused(all, usesOf(files)), how).toEqual(Object.keys(TESTED));
});

test('the checks see a name of two files, and one that no other file imports', () => {
  const text = 'export const one = 1;\nexport function two() { return one; }\nexport interface Three {}';
  const found = [...exportsOf('a.ts', text), ...exportsOf('b.ts', 'export type one = 1;')];
  expect(twice(found)).toEqual(['one']);
  expect(unused(found, new Map([['a.ts', new Set(['one'])]]))).toEqual(['a.ts two']);
});

/** The declarations that a file exports; a type and a constant of one name are one thing. */
function exportsOf(file: string, text: string): Export[] {
  const found = nodesOf(text).flatMap(({ node }) => {
    const declaration = node['declaration'] as SyntaxNode['node'] | null;
    if (node.type !== 'ExportNamedDeclaration' || !declaration) return [];
    const variables = declaration['declarations'];
    const named = Array.isArray(variables) ? (variables as { id: unknown }[]).map(({ id }) => id) : [declaration['id']];
    const isUsable = /^(?:Variable|Function)/.test(declaration.type);
    return named.map((id) => [identifierName(id) ?? '?', isUsable] as const);
  });
  return [...new Map(found)].map(([name, isUsable]) => ({ file, name, isUsable }));
}

function twice(found: readonly Export[]): string[] {
  const names = found.map(({ name }) => name);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].sort();
}

/** For each file, the names in the files that import it. */
function usesOf(importers: readonly string[]): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>();
  for (const file of importers) {
    const text = readSource(file);
    const names = nodesOf(text).flatMap(({ node }) => identifierName(node) ?? []);
    for (const { target, isPackage } of importsOf(file, text))
      if (!isPackage) note(target.replace(/\.js$/, '.ts'), names);
  }
  for (const script of scripts())
    for (const [, target = ''] of script.matchAll(/'src\/([^']+)'/g)) note(target, script.match(/\w+/g) ?? []);
  return uses;

  function note(file: string, names: readonly string[]): void {
    uses.set(file, new Set([...(uses.get(file) ?? []), ...names]));
  }
}

/** The build makes pages of some files. */
function scripts(): string[] {
  const folder = new URL('../scripts/', import.meta.url);
  return readdirSync(folder, { encoding: 'utf8' })
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
}

function unused(found: readonly Export[], uses: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const lone = found.filter(({ file, name, isUsable }) => isUsable && !uses.get(file)?.has(name));
  return lone.map(({ file, name }) => `${file} ${name}`).sort();
}

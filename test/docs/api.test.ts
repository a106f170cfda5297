import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { apiPage } from '../../scripts/api-page.mjs';
import { openDemo } from './support/demo.js';
import { blocksOf, ROOT, readPage } from './support/markdown.js';

const PAGE = 'docs/api.md';

test('docs/api.md is what TypeDoc makes of the docstrings, without a warning: npm run docs:api writes it', () => {
  // TypeDoc ends with a failure when it warns: of an exported name without a docstring, or of a link that leads nowhere.
  expect(apiPage()).toBe(readPage(PAGE));
}, 240_000);

test('the page has each name that the library exports', async () => {
  const headings = Array.from(readPage(PAGE).matchAll(/^### (\w+)/gm), ([, name = '']) => name);
  const index = readPage('src/index.ts').replaceAll(/^\/\/.*$|\/\*\*[\s\S]*?\*\//gm, '');
  const names = Array.from(index.matchAll(/export (?:type )?\{([^}]*)\}/g), ([, list = '']) => list).flatMap((list) =>
    list.split(',').map((name) => name.trim()),
  );
  expect(headings.toSorted()).toEqual(names.filter((name) => name !== '').toSorted());
});

describe('the examples of the docstrings', async () => {
  const programs = blocksOf(PAGE).filter(({ language }) => language === 'js');
  const demo = await openDemo(afterAll);
  const modules = join(demo.folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(ROOT, join(modules, 'pullpin'));

  test.each(programs.map(({ line, text }) => [line, text] as const))(
    'line %i of the page prints what its comments say',
    async (line, text) => {
      const file = join(demo.folder, `example-${line}.mjs`);
      writeFileSync(file, text);
      const { stdout } = await execa(process.execPath, [file], { cwd: demo.folder, env: demo.env, extendEnv: false });
      const shown = Array.from(
        text.matchAll(/^(?:console\.log\(.*\);|for .*\);)? ?\/\/ (.+)$/gm),
        ([, value]) => value,
      );
      expect(shown.length).toBeGreaterThan(0);
      expect(stdout.split('\n')).toEqual(shown);
    },
  );

  test('there are some, and more than one exported function has one', () => {
    expect(programs.length).toBeGreaterThan(10);
  });
});

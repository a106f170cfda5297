import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import type { Root } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';
import { expect, test } from 'vitest';
import { PAGES, parsePage, ROOT, readPage } from './support/markdown.js';

const OTHERS = ['CHANGELOG.md'];
const trees = new Map([...PAGES, ...OTHERS].map((page) => [page, parsePage(readPage(page))]));

/** The anchors of a page, as GitHub makes them of its headings; and those that it writes itself. */
function anchorsOf(tree: Root): Set<string> {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  visit(tree, 'heading', (heading) => {
    anchors.add(slugger.slug(textOf(heading)));
  });
  visit(tree, 'html', ({ value }) => {
    for (const [, name = ''] of value.matchAll(/<a id="([^"]+)"/g)) anchors.add(name);
  });
  return anchors;
}

/** What a page links to: the addresses of links and images, in Markdown and in HTML. */
function targetsOf(tree: Root): string[] {
  const targets: string[] = [];
  visit(tree, ['link', 'image', 'definition'], (node) => {
    if ('url' in node) targets.push(node.url);
  });
  visit(tree, 'html', ({ value }) => {
    for (const [, target = ''] of value.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)) targets.push(target);
  });
  return targets;
}

/** Why a link of a page leads nowhere, or undefined when it leads somewhere. */
function brokenLink(page: string, target: string): string | undefined {
  if (/^https:\/\/[^\s]+$/.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : posix.join(posix.dirname(page), path);
  if (!existsSync(join(ROOT, file))) return 'there is no such file';
  if (anchor === undefined || statSync(join(ROOT, file)).isDirectory()) return undefined;
  return anchorsOf(trees.get(file) ?? parsePage(readPage(file))).has(anchor) ? undefined : 'there is no such heading';
}

test.each([...trees])('each link of %s leads to a file and a heading that are there', (page, tree) => {
  const broken = targetsOf(tree).map((target) => [target, brokenLink(page, target)]);
  expect(broken.filter(([, reason]) => reason !== undefined)).toEqual([]);
});

test('each page of docs is reached from README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached)
    for (const target of targetsOf(trees.get(page) ?? parsePage('')))
      if (/^[^:#]+\.md(?:#.*)?$/.test(target)) reached.add(posix.join(posix.dirname(page), target.replace(/#.*/, '')));
  expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
});

test('the check sees a missing file and a missing heading', () => {
  expect(brokenLink('README.md', 'docs/none.md')).toBe('there is no such file');
  expect(brokenLink('docs/bump.md', 'tags.md#none')).toBe('there is no such heading');
  expect(brokenLink('docs/bump.md', 'tags.md#cooldown')).toBeUndefined();
});

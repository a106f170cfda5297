import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Demo, openDemo, signImages } from './support/demo.js';
import { type Block, blocksOf, PAGES, ROOT, readPage } from './support/markdown.js';
import { asShown, readSession, runCommands, runScript, writeSession } from './support/session.js';
import { scriptsOf } from './support/workflow.js';

/** Why blocks are not run, and how many: what cannot be here. A block that is left out for a new reason needs a line here. */
const NOT_RUN: Readonly<Record<string, number>> = {
  'asks a registry of that name': 1,
  'installs packages, as test/end-to-end/package.test.ts does': 1,
  'it runs all tests': 1,
  'looks at the Nix of the machine, and asks registries as a build does': 1,
  'copies to a binary cache of that name': 1,
  'it is a server of its own': 1,
  'needs a trusted root of Sigstore': 1,
  'needs an image with Node from a public registry': 1,
  'needs nixpkgs': 1,
  'skopeo asks the registry itself': 1,
  'test/newcomer/newcomer.test.ts runs it': 2,
  'test/end-to-end/fleet-recipes.test.ts runs it': 2,
  'test/packaging/action.test.ts runs the action': 1,
  'test/packaging/release.test.ts runs it': 1,
  'test/reliability/scripts.test.ts runs them with small numbers': 1,
  'test/shared-cache/page.test.ts runs it': 5,
};

/** What a page needs beside the demo. */
const PREPARED: Readonly<Record<string, (demo: Demo) => void>> = { 'docs/signatures.md': signImages };

/** `UPDATE_DOCS=1 npx vitest run test/docs` writes what was printed into the pages. */
const UPDATE = process.env['UPDATE_DOCS'] !== undefined;

const isCommand = (block: Block): boolean =>
  ['console', 'sh'].includes(block.language) ||
  (['yaml', 'json'].includes(block.language) && scriptsOf(block.text).length > 0);
const all = PAGES.flatMap((page) => blocksOf(page));
const reasonOf = ({ directives }: Block) => directives.find(({ key }) => key === 'not run')?.value;

describe.each(PAGES.filter((page) => blocksOf(page).some(isCommand)))('%s', (page) => {
  test('each command does what the page shows', { timeout: 300_000 }, async () => {
    const demo = await openDemo();
    PREPARED[page]?.(demo);
    const problems: string[] = [];
    const changes: { readonly block: Block; readonly text: string }[] = [];
    for (const block of blocksOf(page)) {
      const { text, problem } = await runBlock(block, demo);
      if (problem !== undefined) problems.push(`${page}:${block.line}: ${problem}`);
      if (text !== block.text) changes.push({ block, text });
    }
    if (UPDATE) update(page, changes);
    expect(changes.map(({ block, text }) => [`${page}:${block.line}`, text])).toEqual(
      changes.map(({ block }) => [`${page}:${block.line}`, block.text]),
    );
    expect(problems).toEqual([]);
  });
});

test('a block that is not run has a reason of the list, and the list does not grow in silence', () => {
  const counts: Record<string, number> = {};
  for (const reason of all.map(reasonOf)) if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  expect(counts).toEqual(NOT_RUN);
});

test('a block has a language, and a session shows a command', () => {
  const languages = ['console', 'sh', 'nix', 'toml', 'yaml', 'json', 'js', 'handlebars', 'text', ''];
  expect(
    all.filter(({ language }) => !languages.includes(language)).map(({ page, line }) => `${page}:${line}`),
  ).toEqual([]);
});

/** Runs a block; its text as it should be shown, and what else is wrong. */
async function runBlock(block: Block, demo: Demo): Promise<{ text: string; problem?: string | undefined }> {
  const { text, language } = block;
  let wanted = 0;
  for (const { key, value } of block.directives) {
    if (key === 'fresh folder') demo.reset();
    if (key === 'exit code') wanted = Number(value);
    if (key === 'file') writeInto(join(demo.folder, value), `${text}\n`);
    if (key === 'before') {
      const { exitCode, printed } = await runScript(value, demo);
      if (exitCode !== 0) return { text, problem: `before it: ${printed}` };
    }
  }
  if (reasonOf(block) !== undefined || !isCommand(block)) return { text };
  if (language !== 'console') {
    const { exitCode, printed } = await runAll(language === 'sh' ? [text] : scriptsOf(text), demo);
    return exitCode === wanted ? { text } : { text, problem: `ended with ${exitCode}: ${printed}` };
  }
  const shown = readSession(text);
  const run = await runCommands(
    shown.map(({ command }) => command),
    demo,
  );
  const exchanges = shown.map(({ command, printed }, at) => ({
    command,
    printed: asShown(printed, asElsewhere(run.exchanges[at]?.printed ?? '', demo)),
  }));
  const now = writeSession(exchanges).trimEnd();
  return run.exitCode === wanted ? { text: now } : { text: now, problem: `ended with ${run.exitCode}` };
}

/** Paths as they are on the machine of a reader. */
function asElsewhere(printed: string, { home, folder }: Demo): string {
  return printed
    .replaceAll(join(home, 'nix/store'), '/nix/store')
    .replaceAll(home, '/home/ada')
    .replaceAll(folder, '/home/ada/repository');
}

/** Runs one script after the other, as the steps of a job. */
async function runAll(scripts: readonly string[], demo: Demo) {
  const summary = join(demo.home, 'summary.md');
  const env = { ...demo.env, CI: 'true', CI_DEFAULT_BRANCH: 'main', GITHUB_STEP_SUMMARY: summary };
  let last = { printed: '', exitCode: 0 };
  for (const script of scripts) {
    last = await runScript(script, { folder: demo.folder, env });
    if (last.exitCode !== 0) break;
  }
  return last;
}

function writeInto(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function update(page: string, changes: readonly { readonly block: Block; readonly text: string }[]): void {
  let text = readPage(page);
  for (const { block, text: shown } of changes.toReversed()) {
    const [start, end] = block.range;
    text = text.slice(0, start) + text.slice(start, end).replace(block.text, () => shown) + text.slice(end);
  }
  if (changes.length > 0) writeFileSync(join(ROOT, page), text);
}

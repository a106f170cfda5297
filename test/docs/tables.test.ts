import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FINDINGS } from '../../src/check/findings/findings.js';
import { checkPage } from '../../src/cli/man/check-page.js';
import { templatesPage } from '../../src/cli/man/templates-page.js';
import { BUILT_INS } from '../../src/nix/evaluation/built-ins/built-ins.js';
import { TEMPLATE_NAMES } from '../../src/nix/render/built-in/template-table.js';
import { HELPERS } from '../../src/nix/render/helpers/helpers.js';
import { RENOVATE_HELPERS } from '../../src/nix/render/helpers/renovate-helpers.js';
import { templateValues } from '../../src/nix/render/values/template-values.js';
import { digestOf } from '../../src/oci/verified.js';
import { openDemo } from './support/demo.js';
import { runScript } from './support/session.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const page = (name: string): string => readFileSync(`${ROOT}docs/${name}`, 'utf8');

/** The words in backticks of a page's tables, and of what stands under one heading of it. */
function words(text: string, heading: string): Set<string> {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return new Set(rows.flatMap((row) => [...row.matchAll(/`(\w+)[^`]*`/g)].map(([, word = '']) => word)));
}

/** The examples of a page: a command, and what it printed. */
function examples(text: string): { args: string[]; printed: string }[] {
  return [...text.matchAll(/^```console\n\$ pullpin (.*)\n([\s\S]*?)^```$/gm)].map(
    ([, command = '', printed = '']) => ({
      args: command.split(' '),
      printed,
    }),
  );
}

test.each(['pin', 'inspect', 'digest'])('every key of %s --json is explained', (command) => {
  const example = examples(page('json.md')).find(({ args }) => args[0] === command);
  const { pins, problems, ...rest } = JSON.parse(example?.printed ?? '');
  const keys = Object.keys(pins?.[0] ?? rest).filter((key) => key !== 'version' && key !== 'digests');
  const explained = words(page('json.md'), `pullpin ${command === 'digest' ? 'pin' : command} --json`);
  expect([...keys, ...Object.keys(problems?.[0] ?? {})].filter((key) => !explained.has(key))).toEqual([]);
});

test('the examples of list --json and bump --json have the keys that are printed', async () => {
  const demo = await openDemo();
  const text = page('json.md');
  const [list, bump] = Array.from(text.matchAll(/^```json\n([\s\S]*?)^```$/gm), ([, block = '']) => JSON.parse(block));
  const printed = async (command: string) =>
    JSON.parse((await runScript(`${command} 2> "$HOME/messages"`, demo)).printed);
  expect(keysOf(list, 'pins')).toEqual(keysOf(await printed('pullpin list --json'), 'pins'));
  expect(keysOf(bump, 'changes')).toEqual(keysOf(await printed('pullpin bump -n --json'), 'changes'));
});

/** The keys of a report, of the first thing in one of its lists, and of what that has. */
function keysOf(report: Record<string, unknown>, list: string): unknown {
  const [first] = report[list] as Record<string, unknown>[];
  const inner = ['from', 'to'].map((key) => Object.keys(Object(first?.[key])));
  return [Object.keys(report), Object.keys(first ?? {}), inner, Object.keys(Object(report['counts']))];
}

test('the tables of docs/templates.md are those of the code: npm run options writes them', () => {
  expect(templatesPage(page('templates.md'))).toBe(page('templates.md'));
  const rows = [...page('templates.md').matchAll(/^\| `(\S+?)[` ]/gm)].map(([, name]) => name);
  const pin = { imageName: 'x', imageDigest: digestOf('x'), finalImageName: 'x', finalImageTag: '1', os: 'linux' };
  const settings = { functionPath: 'f', name: 'x' };
  const values = templateValues({ ...pin, arch: 'amd64', platformMatters: false, tlsVerify: true }, settings);
  const helpers = Object.keys({ ...HELPERS, ...RENOVATE_HELPERS, replace: {} });
  expect(rows).toEqual(expect.arrayContaining([...TEMPLATE_NAMES, ...Object.keys(values), ...helpers]));
});

test('the table of docs/check.md is that of the code: npm run options writes it', () => {
  expect(checkPage(page('check.md'))).toBe(page('check.md'));
  for (const code of Object.keys(FINDINGS)) expect(page('check.md')).toContain(`| \`${code}\` |`);
});

test('docs/templates.md has an example of every template', () => {
  const shown = Array.from(page('templates.md').matchAll(/^(?:\$ )?pullpin -t (\S+)/gm), ([, name]) => name);
  for (const name of TEMPLATE_NAMES.filter((each) => each !== 'pull-image')) expect(shown).toContain(name);
});

test('the page on bump names the functions that are followed, and no others', () => {
  const [, section = ''] = page('bump.md').split('### Functions that are followed\n');
  const [table = ''] = section.split('\n### ');
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  const named = rows.flatMap((row) => Array.from(row.matchAll(/`([^`]+)`/g), ([, name]) => name));
  expect(named.toSorted()).toEqual([...BUILT_INS.keys()].toSorted());
});

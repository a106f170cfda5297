import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRegistry } from '../../support/faulty-registry.js';
import { image } from '../../support/images.js';
import { printedBefore, runInProcess, testContext } from '../../support/run-in-process.js';

const registry = await startRegistry();
const content = (text: string) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });
const [OLD, NEW] = [content('old'), content('new')];
for (const each of [OLD, NEW]) registry.add('app:1', each);
registry.add('web:1', OLD);
const pin = (name: string) => `  - image: ${registry.host}/${name}:1@${OLD.root.digest}\n`;
const FILES = {
  'a.yaml': `a:\n${pin('app')}${pin('web')}`,
  'b.yaml': `b:\n${pin('gone')}`,
  'c.nix': '{ x = ; imageDigest = "sha256:"; }',
};

/** Runs a command over all files. */
async function run(...words: string[]) {
  const context = testContext();
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(context.folder, path), text);
  return runInProcess([...words, ...Object.keys(FILES)], context);
}

/** The values of its lines. */
async function linesOf(...words: string[]) {
  const { exitCode, stdout } = await run(...words, '--json-lines');
  const lines = stdout.trimEnd().split('\n');
  return { exitCode, lines: lines.map((line) => JSON.parse(line)) };
}

/** The whole answer in one value. */
async function wholeOf(...words: string[]) {
  const { exitCode, stdout } = await run(...words, '--json');
  return { exitCode, ...JSON.parse(stdout) };
}

test.each([[['list']], [['list', '--outdated']]])(
  '%j --json-lines prints what --json prints, a line for each pin and problem, and the totals at last',
  async (words) => {
    const { pins, problems, exitCode } = await wholeOf(...words);
    const printed = await linesOf(...words);
    expect(pins.length).toBeGreaterThan(1);
    expect(problems.length).toBeGreaterThan(0);
    expect(printed.lines).toEqual([
      ...pins.map((each: object) => ({ type: 'pin', ...each })),
      ...problems.map((each: object) => ({ type: 'problem', ...each })),
      { type: 'total', version: 1, pins: pins.length, problems: problems.length },
    ]);
    expect(printed.exitCode).toBe(exitCode);
  },
);

test('check --json-lines prints each pin as it is known, then the findings of --json, and the totals at last', async () => {
  const { pins, findings, exitCode } = await wholeOf('check');
  const { lines, exitCode: own } = await linesOf('check');
  const ofPins = lines.slice(0, pins).toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  expect(ofPins).toMatchObject([
    { type: 'pin', file: 'a.yaml', line: 2, imageName: `${registry.host}/app`, codes: ['moved-tag'] },
    { type: 'pin', file: 'a.yaml', line: 3, imageDigest: OLD.root.digest, codes: [] },
    { type: 'pin', file: 'b.yaml', line: 2, codes: ['dead-digest', 'dead-tag'] },
  ]);
  expect(lines.slice(pins)).toEqual([
    ...findings.map((each: object) => ({ type: 'finding', ...each })),
    { type: 'total', version: 1, pins, findings: findings.length },
  ]);
  expect(own).toBe(exitCode);
});

test('findings that are ignored stand in no line', async () => {
  const { lines } = await linesOf('check', '--ignore', 'moved-tag');
  expect(JSON.stringify(lines)).not.toContain('moved-tag');
});

test('check prints a pin before the others are known', async () => {
  const context = testContext();
  writeFileSync(join(context.folder, 'a.yaml'), FILES['a.yaml']);
  const printed = await printedBefore('"type":"total"', ['check', '--json-lines', 'a.yaml'], context);
  expect(printed.trimEnd().split('\n')).toHaveLength(2);
});

test.each([
  ['list', '--json', '--json-lines'],
  ['check', '--json-lines', '--sarif'],
])('%s %s and %s are not both printed', async (...words) => {
  const { exitCode, stderr } = await runInProcess(words);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('would both be printed')]);
});

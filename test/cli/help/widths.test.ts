import { beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.js';
import { runPullpin } from '../../support/run-pullpin.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { Terminal } from '../../support/terminal.js';

const NAMES = ['', ...COMMANDS.map(({ options }) => options.name)];
const argsOf = (name: string, flag: string): string[] => [...(name === '' ? [] : [name]), flag];
const linesOf = (text: string): string[] => text.trimEnd().split('\n');
const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** The words of each page as they are where no line is too long. */
const pages = new Map<string, readonly string[]>();
beforeAll(async () => {
  for (const name of NAMES)
    for (const flag of ['-h', '--help'])
      pages.set(`${name} ${flag}`, wordsOf((await runPullpin(argsOf(name, flag))).stdout));
});

describe.each(['-h', '--help'])('the page of %s', (flag) => {
  test.each(NAMES)('of %j has at most 80 columns in a pipe', async (name) => {
    const { stdout, stderr, exitCode } = await runPullpin(argsOf(name, flag));
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(linesOf(stdout).filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/\nExamples:\n/);
    expect(stdout).not.toMatch(/\[(?:string|boolean|array|default)|default: none/);
    if (flag === '-h') expect(linesOf(stdout).length).toBeLessThan(50);
  });
});

// tmux breaks a line that is too long at the edge, as every terminal does: then a word is cut, and the words are no longer the same.
describe.each([60, 80, 100, 140])('in a terminal of %i columns', (columns) => {
  test.each(NAMES)('the help of %j breaks no word', { timeout: 30_000 }, async (name) => {
    const terminal = await Terminal.run(argsOf(name, '--help'), { cwd: temporaryFolder(), columns, rows: 500 });
    const screen = await terminal.screen('exit 0');
    const lines = linesOf(screen).slice(0, -1);
    expect(lines.filter((line) => line.length > Math.min(columns, 100))).toEqual([]);
    expect(wordsOf(lines.join('\n'))).toEqual(pages.get(`${name} --help`));
  });
});

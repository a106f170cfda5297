import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startNewcomer } from '../../support/newcomer.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

// What a script and a person get where there is no pin, or where none was chosen.

const newcomer = await startNewcomer();

/** The commands that look for pins, and the end of a run in a folder that has none. A gate must not be green there. */
const COMMANDS: readonly (readonly [typed: string, exitCode: number])[] = [
  ['list', 0],
  ['list --outdated', 0],
  ['bump', 0],
  ['bump -n', 0],
  ['bump --diff', 0],
  ['bump --check', 2],
  ['check', 2],
  ['check --github', 2],
];

test.each(COMMANDS)('%s says in one and the same line that there is no pin', async (typed, exitCode) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.nix'), '{ }\n');
  expect(await newcomer.type(typed.split(' '), { cwd })).toEqual({
    stdout: '',
    stderr: 'pullpin: no pin was found; pullpin looked at 1 file\n',
    exitCode,
  });
});

test('explain says it, too, and what to write', async () => {
  const stdin = `  specified: sha256-${'A'.repeat(43)}=\n     got:    sha256-${'B'.repeat(42)}A=\n`;
  const { stderr, exitCode } = await newcomer.type(['explain'], {
    stdin: `error: hash mismatch\n${stdin}`,
    cwd: temporaryFolder(),
  });
  expect(stderr).toMatch(
    /^pullpin: no pin was found; pullpin looked at 0 files: name the files with the pin, or the image: .*\n$/,
  );
  expect(exitCode).toBe(2);
});

describe('--json', () => {
  const REPORTS: Readonly<Record<string, object>> = {
    list: { version: 1, pins: [], problems: [] },
    'list --outdated': { version: 1, pins: [], problems: [] },
    check: { version: 1, pins: 0, findings: [] },
    bump: { version: 1, changes: [], problems: [], files: [] },
    'bump --check': { version: 1, changes: [], files: [] },
  };

  test.each(Object.entries(REPORTS))('%s prints a report of no pins', async (typed, report) => {
    const { stdout } = await newcomer.type([...typed.split(' '), '--json'], { cwd: temporaryFolder() });
    expect(JSON.parse(stdout)).toMatchObject(report);
  });

  test.each(
    Object.entries(REPORTS).flatMap(([typed, report]) =>
      ['--exclude=*.nix', 'empty', 'nosuch', '--include=redis --exclude=hosts/*'].map(
        (words) => [typed, words, report] as const,
      ),
    ),
  )('%s %s prints one as well, next to the line that says why, and ends with 2', async (typed, words, report) => {
    const { stdout, stderr, exitCode } = await newcomer.type([...typed.split(' '), ...words.split(' '), '--json']);
    const { pins, ...others } = JSON.parse(stdout) as Record<string, unknown>;
    // How many pins a check has looked at is no pin that was chosen.
    const expected: Record<string, unknown> = { ...report };
    if (typeof pins === 'number') delete expected['pins'];
    expect(typeof pins === 'number' ? others : { ...others, ...(pins !== undefined && { pins }) }).toMatchObject(
      expected,
    );
    expect(stderr).toMatch(/^pullpin: (?:no pin matches|no pin is left|empty has no pin)[^\n]*\n$/);
    expect(exitCode).toBe(2);
  });

  test('writes nothing when one of several words chooses no pin', async () => {
    const cwd = newcomer.folder();
    const { stdout, exitCode } = await newcomer.type(['bump', '--json', 'redis', 'nosuch'], { cwd });
    expect([exitCode, JSON.parse(stdout).changes, JSON.parse(stdout).files]).toEqual([2, [], []]);
    expect((await newcomer.type(['bump', '--check', 'redis'], { cwd })).exitCode).toBe(3);
  });

  test('check --sarif prints a log without results', async () => {
    const { stdout, exitCode } = await newcomer.type(['check', '--sarif'], { cwd: temporaryFolder() });
    expect(JSON.parse(stdout).runs[0].results).toEqual([]);
    expect(exitCode).toBe(2);
  });

  test('tags prints no tags, and ends with 2', async () => {
    const { stdout, stderr, exitCode } = await newcomer.type(['tags', 'redis', '--match', 'X*', '--json']);
    expect([JSON.parse(stdout), stderr, exitCode]).toEqual([
      { version: 1, tags: [] },
      "pullpin: no tag of redis matches 'X*'\n",
      2,
    ]);
    expect(await newcomer.type(['tags', 'redis', '--limit', '0'])).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });
});

describe('a file that cannot be read', () => {
  const cases: readonly (readonly [what: string, text: Buffer, message: RegExp])[] = [
    [
      'is not Nix',
      Buffer.from(`{ a = "redis:7.4@sha256:${'a'.repeat(64)}`),
      /^pullpin: b\.nix:1: this string is never closed$/m,
    ],
    [
      'is not UTF-8',
      Buffer.from([0xff, 0xfe, 0x7b]),
      /^pullpin: b\.nix:1: it is not UTF-8 text; convert it, or omit it$/m,
    ],
  ];
  test.each(cases)('fails a list when it %s, and the pins of the others are shown', async (_, bytes, message) => {
    const cwd = newcomer.folder();
    writeFileSync(join(cwd, 'b.nix'), bytes);
    for (const words of [[], ['--json']]) {
      const { stdout, stderr, exitCode } = await newcomer.type(['list', ...words], { cwd });
      expect(exitCode).toBe(1);
      expect(stdout).toContain('acme/web');
      if (words.length === 0) expect(stderr).toMatch(message);
      const bumped = await newcomer.type(['bump', '--check', 'b.nix', ...words], { cwd });
      expect(bumped.exitCode).toBe(1);
      if (words.length === 0) expect(bumped.stderr).toMatch(message);
    }
  });

  test('also one whose name is no text: its pins are not passed over in silence', async () => {
    const cwd = newcomer.folder();
    writeFileSync(Buffer.concat([Buffer.from(join(cwd, 'b')), Buffer.from([0xff]), Buffer.from('.nix')]), '{ }');
    mkdirSync(join(cwd, 'more'));
    const { stdout, stderr, exitCode } = await newcomer.type(['list'], { cwd });
    expect(stderr).toBe('pullpin: b\ufffd.nix:1: it has a name that is not UTF-8 text; rename it\n');
    expect([exitCode, stdout.includes('3 pins')]).toEqual([1, true]);
    expect((await newcomer.type(['bump', '-n'], { cwd })).stderr).toContain(
      'b\ufffd.nix:1: it has a name that is not UTF-8',
    );
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../src/files/unified-diff.js';
import { gitRepository, writeTree } from '../support/git-repository.js';
import { createRandom, type Random } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PIN = [
  '{',
  '  a = 1;',
  '  b = 2;',
  '  c = 3;',
  '  imageDigest = "old";',
  '  d = 4;',
  '  e = 5;',
  '  f = 6;',
  '}',
  '',
];
const TEXT = PIN.join('\n');

describe('a diff', () => {
  test('is what git shows', () => {
    expect(unifiedDiff('hosts/a.nix', TEXT, TEXT.replace('old', 'new'))).toBe(
      [
        'diff --git a/hosts/a.nix b/hosts/a.nix',
        '--- a/hosts/a.nix',
        '+++ b/hosts/a.nix',
        '@@ -2,7 +2,7 @@',
        '   a = 1;',
        '   b = 2;',
        '   c = 3;',
        '-  imageDigest = "old";',
        '+  imageDigest = "new";',
        '   d = 4;',
        '   e = 5;',
        '   f = 6;',
        '',
      ].join('\n'),
    );
  });

  test('of nothing is empty', () => {
    expect(unifiedDiff('a.nix', TEXT, TEXT)).toBe('');
  });

  test('shows that there is no line feed at the end, and keeps carriage returns', () => {
    expect(unifiedDiff('a.nix', 'x\r\nold', 'x\r\nnew').split('\n').slice(3)).toEqual([
      '@@ -1,2 +1,2 @@',
      ' x\r',
      '-old',
      '\\ No newline at end of file',
      '+new',
      '\\ No newline at end of file',
      '',
    ]);
  });

  test('of a file elsewhere names it from the root', () => {
    expect(unifiedDiff('/etc/nixos/a.nix', 'a\n', 'b\n')).toContain('--- a/etc/nixos/a.nix\n+++ b/etc/nixos/a.nix\n');
  });
});

/** Applies a diff by git and by patch(1), each in a folder of its own, and gives the texts that they make. */
function apply(path: string, before: string, diff: string): Record<string, string> {
  const repository = gitRepository({ [path]: before, 'the.diff': diff });
  repository.git('apply', '--whitespace=nowarn', 'the.diff');
  const folder = temporaryFolder();
  writeTree(folder, { [path]: before });
  execFileSync('patch', ['--strip=1', '--quiet', '--binary'], { cwd: folder, input: diff });
  return {
    git: readFileSync(join(repository.folder, path), 'utf8'),
    patch: readFileSync(join(folder, path), 'utf8'),
  };
}

describe('git apply and patch make the new text of it', () => {
  test.each<[string, string, string]>([
    ['a line in the middle', TEXT, TEXT.replace('old', 'new')],
    ['the first and the last line', 'a\nb\nc\n', 'A\nb\nC\n'],
    ['CRLF', TEXT.replaceAll('\n', '\r\n'), TEXT.replace('old', 'new').replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${TEXT}`, `\ufeff${TEXT.replace('old', 'new')}`],
    ['no final line feed', 'a\nb', 'a\nc'],
    ['a final line feed that goes', 'a\nb\n', 'a\nb'],
    ['a final line feed that comes', 'a\nb', 'a\nb\n'],
    ['letters beyond ASCII', '# ä€🐋\u2028\u0085x\n', '# ö€🐋\u2028\u0085x\n'],
    [
      'lines that look like headings',
      '-- a/x\n++ b/x\n@@ -1 +1 @@\ndiff --git\n',
      '-- a/y\n++ b/y\n@@ -2 +2 @@\ndiff\n',
    ],
    ['a lone carriage return', 'a\rb\nc\n', 'a\rB\nc\n'],
    ['an empty text', '', 'a\n'],
    ['a text that goes', 'a\n', ''],
  ])('%s', (_, before, after) => {
    const made = apply('a.nix', before, unifiedDiff('a.nix', before, after));
    // patch(1) removes a file that becomes empty by itself only with an option (-E); git never does.
    expect(made).toEqual({ git: after, patch: after });
  });

  test.each([
    'with space.nix',
    'ä/ö 🐋.nix',
    'a"b.nix',
    'back\\slash.nix',
    'tab\there.nix',
    'line\nfeed.nix',
    '-x.nix',
  ])('for a name like %j', (path) => {
    expect(apply(path, 'a\n', unifiedDiff(path, 'a\n', 'b\n'))).toEqual({ git: 'b\n', patch: 'b\n' });
  });

  test('for 60 random texts, in hunks as git makes them', () => {
    const folder = temporaryFolder();
    for (let seed = 0; seed < 60; seed += 1) {
      const [before, after] = randomChange(createRandom(seed));
      const diff = unifiedDiff('a.nix', before, after);
      expect(apply('a.nix', before, diff), `seed ${seed}`).toEqual({ git: after, patch: after });
      expect(diff.split('\n').slice(3), `seed ${seed}`).toEqual(diffByGit(folder, before, after));
    }
  }, 120_000);
});

describe('a diff of texts that differ in many thousands of lines', () => {
  const text = (word: string, count: number) =>
    Array.from({ length: count }, (_, line) => (line % 50 < 30 ? `${word} ${line}` : `same ${line}`)).join('\n');

  test.each<[string, string, string]>([
    ['as many lines', text('old', 20_000), text('new', 20_000)],
    ['as many lines, and a line feed at the end', `${text('old', 20_000)}\n`, text('new', 20_000)],
    ['other lines in the middle', `a\nb\nc\nd\n${text('old', 9000)}\nz\n`, `a\nb\nc\nd\n${text('new', 9500)}\nz\n`],
    ['no lines before', '', `${text('new', 9000)}\n`],
    ['no lines afterwards', `${text('old', 9000)}\n`, ''],
  ])('can be applied: %s', (_, before, after) => {
    expect(apply('a.nix', before, unifiedDiff('a.nix', before, after))).toEqual({ git: after, patch: after });
  });

  test('ends soon, also where no line is the same', () => {
    const lines = (word: string) => `${word}\n`.repeat(1_250_000);
    expect(unifiedDiff('a.nix', lines('old'), lines('new')).length).toBeGreaterThan(10_000_000);
  }, 20_000);
});

/** Lines that are all different, some of which change: the task of every differ has one best solution then. */
function randomChange(random: Random): [string, string] {
  const lines = Array.from({ length: random.integer(1, 60) }, (_, index) => `${index}${random.pick(['', 'ä', '\r'])}`);
  const changed = lines.map((line) => (random.chance(0.1) ? `new ${line}` : line));
  changed[random.integer(0, lines.length - 1)] += '!';
  const end = () => random.pick(['\n', '\n', '']);
  return [lines.join('\n') + end(), changed.join('\n') + end()];
}

function diffByGit(folder: string, before: string, after: string): string[] {
  const [old, fresh] = [join(folder, 'old'), join(folder, 'new')];
  for (const [path, text] of [
    [old, before],
    [fresh, after],
  ] as const) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const args = ['diff', '--no-index', '--no-ext-diff', '--no-color', old, fresh];
  try {
    execFileSync('git', args, { env: { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1' } });
  } catch (error) {
    const { stdout } = error as { stdout: Buffer };
    // Without its four lines of headings, and without the name of what a hunk is in.
    return stdout
      .toString('utf8')
      .split('\n')
      .slice(4)
      .map((line) => line.replace(/^(@@ .* @@).*/, '$1'));
  }
  throw new Error('git sees no difference');
}

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { walk } from '../../src/files/walk.js';
import { gitRepository } from '../support/git-repository.js';
import { asOrdinaryUser } from '../support/ordinary-user.js';
import { createRandom, type Random } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function walked(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of walk(folder)) found.push(relative(folder, path));
  return found.sort();
}

const NAMES = [
  'a',
  'b',
  'foo',
  'bar.nix',
  'A',
  'sp ace',
  'br[a]c',
  'st*r',
  '#hash',
  '!bang',
  'ö',
  '.dot',
  'back\\slash',
];

function randomPath(random: Random): string {
  return Array.from({ length: random.integer(1, 4) }, () => random.pick(NAMES)).join('/');
}

function randomPattern(random: Random): string {
  const parts = Array.from({ length: random.integer(1, 3) }, () =>
    random.pick([
      ...NAMES.map(escaped),
      ...NAMES.map(escaped),
      '*',
      '**',
      '*.nix',
      'f?o',
      '[a-c]',
      'f*',
      '[!a]oo',
      '.*',
    ]),
  );
  const start = random.pick(['', '', '', '/', '!', '!', '!/', '**/']);
  return `${start}${parts.join('/')}${random.pick(['', '', '', '/', '/**', '  '])}`;
}

function escaped(name: string): string {
  return name.replace(/[\\*[\]!#]/g, '\\$&');
}

function randomGitignore(random: Random): string {
  const lines = Array.from({ length: random.integer(1, 4) }, () =>
    random.chance(0.1) ? random.pick(['# a comment', '', '   ', '!']) : randomPattern(random),
  );
  return `${random.chance(0.1) ? '\ufeff' : ''}${lines.join(random.pick(['\n', '\r\n']))}${random.pick(['', '\n'])}`;
}

test('agrees with git on 60 random trees with a .gitignore in many of their folders', async () => {
  let ignored = 0;
  for (let seed = 0; seed < 60; seed += 1) {
    const random = createRandom(seed);
    const repository = gitRepository();
    const paths = Array.from({ length: 40 }, () => randomPath(random));
    const files: Record<string, string> = {};
    for (const path of paths) {
      const isTaken = Object.keys(files).some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
      if (!isTaken) files[path] = '';
    }
    for (const path of Object.keys(files)) {
      const folder = path.includes('/') ? path.replace(/\/[^/]*$/, '/') : '';
      if (random.chance(0.3)) files[`${folder}.gitignore`] = randomGitignore(random);
    }
    files['.gitignore'] = randomGitignore(random);
    repository.write(files);
    const known = repository.git('ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean).sort();
    const rules = Object.entries(files).filter(([path]) => path.endsWith('.gitignore'));
    expect(await walked(repository.folder), `seed ${seed}: ${JSON.stringify(rules)}`).toEqual(known);
    ignored += Object.keys(files).length - known.length;
  }
  expect(ignored).toBeGreaterThan(200);
}, 120_000);

test('the rules of the folders above hold, up to the top of the repository', async () => {
  const { folder } = gitRepository({ '.gitignore': '*.gen\nsub/x\n', 'sub/a.gen': '', 'sub/x': '', 'sub/y': '' });
  expect(await walked(join(folder, 'sub'))).toEqual(['y']);
});

test('a folder that may not be read is skipped', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a'), '');
  mkdirSync(join(folder, 'closed'));
  writeFileSync(join(folder, 'closed', 'b'), '');
  chmodSync(join(folder, 'closed'), 0o000);
  const found = await asOrdinaryUser(folder, () => walked(folder));
  chmodSync(join(folder, 'closed'), 0o700);
  expect(found).toEqual(['a']);
  expect(await walked(folder)).toEqual(['a', 'closed/b']);
});

test.for([
  ['many patterns', 'x*\n'.repeat(10_001), /has 10001 patterns; that is too much/],
  ['a long pattern', `${'*a'.repeat(500_000)}\n`, /has a pattern of 1000000 characters/],
  ['a pattern whose matches multiply', `${'**/a/'.repeat(150)}b\n`, /has more than 3 times \*\* in one pattern/],
  ['many bytes', '#\n'.repeat(600_000), /is larger than 1 MiB/],
] as const)('a .gitignore with %s is refused and not passed over', async ([, text, message]) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, `${'a/'.repeat(40)}`), { recursive: true });
  writeFileSync(join(folder, '.gitignore'), text);
  await expect(walked(folder)).rejects.toThrow(message);
});

test('a .gitignore may have as much as people write', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.gitignore'), `${'x*\n'.repeat(9_000)}**/a/**/b/**/c/**\n`);
  writeFileSync(join(folder, 'a.nix'), '');
  writeFileSync(join(folder, 'x.nix'), '');
  expect(await walked(folder)).toEqual(['.gitignore', 'a.nix']);
});

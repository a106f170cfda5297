import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSource, readWithin } from '../../src/files/read-source.js';
import { encodeSource, SourceError } from '../../src/files/source-text.js';
import { writeTree } from '../support/git-repository.js';
import { asOrdinaryUser } from '../support/ordinary-user.js';
import { createRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = temporaryFolder();
  writeTree(folder, files);
  return folder;
};

describe('a source', () => {
  test.each([
    ['a byte order mark', '\ufeff{ }'],
    ['two of them, and one inside', '\ufeff\ufeff{ }\ufeff'],
    ['line ends of every kind', 'a\r\nb\nc\rd\n\r'],
    ['no final line feed', 'a\nb'],
    ['letters beyond ASCII', 'ä€🐋\u2028\u0000'],
    ['nothing', ''],
  ])('has its bytes back: %s', async (_, text) => {
    const folder = folderWith({ 'a.nix': text });
    const read = await readSource('a.nix', folder);
    expect(read).toBe(text);
    expect(encodeSource(read)).toEqual(readFileSync(join(folder, 'a.nix')));
  });

  test('has its bytes back, or is refused: 3,000 random ones', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.nix');
    let refused = 0;
    for (let seed = 0; seed < 3000; seed += 1) {
      const random = createRandom(seed);
      const pieces = Array.from({ length: 3 }, () => random.pick(['ä', '€', '🐋', '\ufeff', 'x', '\r\n', '']));
      const bytes = Buffer.concat([...pieces.map((piece) => Buffer.from(piece)), random.bytes(random.integer(0, 1))]);
      writeFileSync(path, bytes);
      const read = await readSource(path, folder).catch(() => (refused += 1));
      if (typeof read === 'string') expect(encodeSource(read)).toEqual(bytes);
    }
    expect(refused).toBeGreaterThan(300);
    expect(refused).toBeLessThan(2000);
  });

  test.each([
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
    ['Latin-1', [0x7b, 0xe4, 0x7d]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['an unfinished letter', [0x61, 0xe2, 0x82]],
  ])('that is not UTF-8 is refused with its name: %s', async (_, bytes) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.nix'), Buffer.from(bytes));
    await expect(readSource('a.nix', folder)).rejects.toThrow('a.nix is not UTF-8 text');
  });

  test('is at most 16 MiB large', async () => {
    const folder = folderWith({ 'a.nix': '' });
    truncateSync(join(folder, 'a.nix'), 16 * 1024 * 1024);
    expect((await readSource('a.nix', folder)).length).toBe(16 * 1024 * 1024);
    truncateSync(join(folder, 'a.nix'), 16 * 1024 * 1024 + 1);
    await expect(readSource('a.nix', folder)).rejects.toMatchObject({ path: 'a.nix', problem: 'too-large' });
  });

  test('is a file that exists and may be read', async () => {
    const folder = folderWith({ 'closed.nix': '', 'sub/a.nix': '' });
    execFileSync('mkfifo', [join(folder, 'pipe.nix')]);
    chmodSync(join(folder, 'closed.nix'), 0o000);
    const problemOf = (path: string): Promise<unknown> =>
      readSource(path, folder).then(
        () => undefined,
        (error: unknown) => error instanceof SourceError && error.problem,
      );
    expect(await problemOf('none.nix')).toBe('missing');
    expect(await problemOf('sub/a.nix/b.nix')).toBe('missing');
    expect(await problemOf('sub')).toBe('not-a-file');
    expect(await problemOf('pipe.nix')).toBe('not-a-file');
    expect(await asOrdinaryUser(folder, () => problemOf('closed.nix'))).toBe('no-access');
  });

  test('is read through a symbolic link', async () => {
    const folder = folderWith({ 'a.nix': 'a' });
    symlinkSync('a.nix', join(folder, 'link.nix'));
    expect(await readSource('link.nix', folder)).toBe('a');
  });
});

describe('a reader of imports', () => {
  test('sees files below its roots, and no other', () => {
    const root = folderWith({ 'a.nix': 'a', 'sub/b.json': 'b' });
    const outside = folderWith({ 'secret.nix': 'secret' });
    symlinkSync(join(outside, 'secret.nix'), join(root, 'link.nix'));
    symlinkSync(outside, join(root, 'folder'));
    symlinkSync('../a.nix', join(root, 'sub', 'inner.nix'));
    symlinkSync('circle', join(root, 'circle'));
    const read = readWithin([root], join(root, 'sub'));
    expect(read('b.json')).toBe('b');
    expect(read('../a.nix')).toBe('a');
    expect(read(join(root, 'a.nix'))).toBe('a');
    expect(read('inner.nix')).toBe('a');
    for (const path of [
      '../link.nix',
      '../folder/secret.nix',
      join(outside, 'secret.nix'),
      '../circle',
      '..',
      'none',
    ]) {
      expect(read(path), path).toBeUndefined();
    }
  });

  test('a root is a folder, not the beginning of a name', () => {
    const parent = folderWith({ 'root/a.nix': 'a', 'root-2/b.nix': 'b', '..c/d.nix': 'd' });
    const read = readWithin([join(parent, 'root')], join(parent, 'root'));
    expect([read('a.nix'), read('../root-2/b.nix')]).toEqual(['a', undefined]);
    expect(readWithin([parent], parent)('..c/d.nix')).toBe('d');
  });

  test('does not read a pipe, a large file, or a file that is not UTF-8', () => {
    const root = folderWith({ 'large.nix': '' });
    execFileSync('mkfifo', [join(root, 'pipe.nix')]);
    truncateSync(join(root, 'large.nix'), 16 * 1024 * 1024 + 1);
    writeFileSync(join(root, 'latin.nix'), Buffer.of(0xe4));
    const read = readWithin([root], root);
    expect(['pipe.nix', 'large.nix', 'latin.nix', 'a\0b'].map(read)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('reads a file once', () => {
    const root = folderWith({ 'a.nix': 'old' });
    const read = readWithin([root], root);
    read('a.nix');
    writeTree(root, { 'a.nix': 'new' });
    expect([read('a.nix'), read('./a.nix'), readWithin([root], root)('a.nix')]).toEqual(['old', 'old', 'new']);
  });
});

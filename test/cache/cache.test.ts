import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../src/cache/cache.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const UID = process.getuid?.();
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();

function newCache(): Cache {
  return new Cache(join(temporaryFolder(), 'cache/pullpin'), { uid: UID });
}

test('an entry exists in the next run, and only under its own kind and key', () => {
  const cache = newCache();
  cache.set('hash', 'some key\n', 'a value');
  expect(text(new Cache(cache.folder, { uid: UID }).get('hash', 'some key\n'))).toBe('a value');
  expect(cache.get('content', 'some key\n')).toBeUndefined();
  expect(cache.get('hash', 'some key')).toBeUndefined();
  expect(statSync(cache.folder).mode & 0o777).toBe(0o700);
});

describe('an entry that was changed since it was written counts as missing', () => {
  test('when any of its bytes is damaged', () => {
    const cache = newCache();
    cache.set('hash', 'key', 'value');
    const [name = ''] = readdirSync(cache.folder);
    const sound = readFileSync(join(cache.folder, name));
    for (let at = 0; at < sound.length; at += 1) {
      const damaged = Buffer.from(sound);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(join(cache.folder, name), damaged);
      expect(cache.get('hash', 'key')).toBeUndefined();
    }
    for (let length = 0; length < sound.length; length += 1) {
      writeFileSync(join(cache.folder, name), sound.subarray(0, length));
      expect(cache.get('hash', 'key')).toBeUndefined();
    }
  });

  test('when it has the name of another entry', () => {
    const cache = newCache();
    cache.set('hash', 'one', '1');
    const [one = ''] = readdirSync(cache.folder);
    cache.set('hash', 'two', '2');
    const two = readdirSync(cache.folder).find((name) => name !== one) ?? '';
    writeFileSync(join(cache.folder, two), readFileSync(join(cache.folder, one)));
    expect(cache.get('hash', 'two')).toBeUndefined();
  });
});

describe('a folder that cannot be trusted is not used', () => {
  test.each([
    ['others may write it', (folder: string) => chmodSync(folder, 0o777)],
    ['it is a link', (folder: string) => symlinkSync(temporaryFolder(), `${folder}-link`)],
  ])('%s', (_, spoil) => {
    const folder = join(temporaryFolder(), 'cache');
    mkdirSync(folder, { mode: 0o700 });
    spoil(folder);
    const used = _ === 'it is a link' ? `${folder}-link` : folder;
    const cache = new Cache(used, { uid: UID });
    cache.set('hash', 'key', 'value');
    expect(cache.get('hash', 'key')).toBeUndefined();
    expect(readdirSync(used)).toEqual([]);
  });

  test('it belongs to another user', () => {
    const cache = new Cache(temporaryFolder(), { uid: 4_000_000 });
    cache.set('hash', 'key', 'value');
    expect(readdirSync(cache.folder)).toEqual([]);
  });

  test('it cannot be made', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const cache = new Cache(join(file, 'cache'), { uid: UID });
    cache.set('hash', 'key', 'value');
    expect(cache.get('hash', 'key')).toBeUndefined();
  });
});

test('entries of every kind are counted and cleared', () => {
  const kinds = ['content', 'hash', 'layer', 'prefix', 'repository', 'digests', 'challenge', 'recipe', 'seen'] as const;
  const cache = newCache();
  for (const kind of kinds) cache.set(kind, 'key', '');
  expect(cache.usage().entries).toBe(kinds.length);
  cache.clear();
  expect(readdirSync(cache.folder)).toEqual([]);
});

test('clear removes the entries, and no other file', () => {
  const cache = newCache();
  cache.set('hash', 'key', 'value');
  writeFileSync(join(cache.folder, 'notes.txt'), 'mine');
  cache.clear();
  expect(readdirSync(cache.folder)).toEqual(['notes.txt']);
});

test('a folder in the place of an entry is removed like one', () => {
  const cache = newCache();
  const folder = join(cache.folder, `hash-${'a'.repeat(64)}`);
  const makeFolder = (): void => {
    mkdirSync(join(folder, 'sub'), { recursive: true });
  };
  makeFolder();
  cache.clear();
  expect(readdirSync(cache.folder)).toEqual([]);
  makeFolder();
  const large = join(cache.folder, `hash-${'b'.repeat(64)}`);
  writeFileSync(large, '');
  truncateSync(large, 300 * 1024 * 1024);
  cache.set('hash', 'key', 'value');
  expect(existsSync(folder)).toBe(false);
  expect(cache.get('hash', 'key')).toBeDefined();
});

test.each(['', 'null', '[]', '7', '"text"', '{', '\u0000'])('an entry of the content %j has no fields', (content) => {
  const cache = newCache();
  cache.set('layer', 'key', content);
  expect(cache.getFields('layer', 'key')?.['digest']).toBeUndefined();
});

test.each([
  ['/proc/pullpin-cache/a/b', 'it cannot be made (ENOENT)'],
  ['/dev/null', 'it is not a folder'],
])('the folder %s is not used, which is reported once', (folder, expected) => {
  const reasons: string[] = [];
  const cache = new Cache(folder, { onUnusable: (reason) => reasons.push(reason) });
  cache.set('hash', 'key', 'value');
  expect(cache.get('hash', 'key')).toBeUndefined();
  expect(reasons).toEqual([expected]);
});

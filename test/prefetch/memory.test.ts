import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Memory } from '../../src/prefetch/memory.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const UID = process.getuid?.();
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();

function newMemory(): Memory {
  return new Memory(join(temporaryFolder(), 'cache/pullpin'), UID);
}

test('what is set is there for the next run, and for nobody else', () => {
  const memory = newMemory();
  memory.set('hash', 'some key\n', 'a value');
  expect(text(new Memory(memory.folder, UID).get('hash', 'some key\n'))).toBe('a value');
  expect(memory.get('content', 'some key\n')).toBeUndefined();
  expect(memory.get('hash', 'some key')).toBeUndefined();
  expect(statSync(memory.folder).mode & 0o777).toBe(0o700);
});

describe('an entry that is not what was written is as good as none', () => {
  test('at every byte that may be damaged', () => {
    const memory = newMemory();
    memory.set('hash', 'key', 'value');
    const [name = ''] = readdirSync(memory.folder);
    const sound = readFileSync(join(memory.folder, name));
    for (let at = 0; at < sound.length; at += 1) {
      const damaged = Buffer.from(sound);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(join(memory.folder, name), damaged);
      expect(memory.get('hash', 'key')).toBeUndefined();
    }
    for (let length = 0; length < sound.length; length += 1) {
      writeFileSync(join(memory.folder, name), sound.subarray(0, length));
      expect(memory.get('hash', 'key')).toBeUndefined();
    }
  });

  test('and so is one under the name of another', () => {
    const memory = newMemory();
    memory.set('hash', 'one', '1');
    const [one = ''] = readdirSync(memory.folder);
    memory.set('hash', 'two', '2');
    const two = readdirSync(memory.folder).find((name) => name !== one) ?? '';
    writeFileSync(join(memory.folder, two), readFileSync(join(memory.folder, one)));
    expect(memory.get('hash', 'two')).toBeUndefined();
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
    const memory = new Memory(used, UID);
    memory.set('hash', 'key', 'value');
    expect(memory.get('hash', 'key')).toBeUndefined();
    expect(readdirSync(used)).toEqual([]);
  });

  test('it belongs to somebody else', () => {
    const memory = new Memory(temporaryFolder(), 4_000_000);
    memory.set('hash', 'key', 'value');
    expect(readdirSync(memory.folder)).toEqual([]);
  });

  test('it cannot be made', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const memory = new Memory(join(file, 'cache'), UID);
    memory.set('hash', 'key', 'value');
    expect(memory.get('hash', 'key')).toBeUndefined();
  });
});

test('clear removes the entries, and no other file', () => {
  const memory = newMemory();
  memory.set('hash', 'key', 'value');
  writeFileSync(join(memory.folder, 'notes.txt'), 'mine');
  memory.clear();
  expect(readdirSync(memory.folder)).toEqual(['notes.txt']);
});

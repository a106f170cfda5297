import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFiles } from '../../../src/files/writing/write-files.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

test('a new file and a changed one are written together, or neither is', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'old'), 'old');
  const create = { path: 'new', before: undefined, after: 'new' };
  const refused = await writeFiles([create, { path: 'old', before: 'other', after: 'x' }], { folder });
  expect([refused.written, refused.failed.map(({ problem }) => problem)]).toEqual([[], ['changed']]);
  expect(readdirSync(folder)).toEqual(['old']);
  const done = await writeFiles([create, { path: 'old', before: 'old', after: 'x' }], { folder });
  expect([done.written.toSorted(), done.failed]).toEqual([['new', 'old'], []]);
  expect(readdirSync(folder).toSorted()).toEqual(['new', 'old']);
  expect([readFileSync(join(folder, 'new'), 'utf8'), readFileSync(join(folder, 'old'), 'utf8')]).toEqual(['new', 'x']);
});

test('a new file is taken away again when another one fails at its turn', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub/old'), 'old');
  const create = { path: 'new', before: undefined, after: 'new' };
  const writing = writeFiles([create, { path: 'sub/old', before: 'old', after: 'x' }], {
    folder,
    // Looked at for the last time when both are prepared: then another program changes the file.
    signal: {
      throwIfAborted() {
        if (readdirSync(join(folder, 'sub')).length > 2) writeFileSync(join(folder, 'sub/old'), 'theirs');
      },
    } as AbortSignal,
  });
  const { written, failed } = await writing;
  expect([written, failed.map(({ problem }) => problem)]).toEqual([[], ['changed']]);
  expect(readdirSync(folder)).toEqual(['sub']);
  expect(readFileSync(join(folder, 'sub/old'), 'utf8')).toBe('theirs');
});

test('a file that is there already is never replaced, nor what a link leads to', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'there'), 'theirs');
  symlinkSync('nowhere', join(folder, 'link'));
  for (const path of ['there', 'link']) {
    const { failed } = await writeFiles([{ path, before: undefined, after: 'x' }], { folder });
    expect(failed.map(({ problem }) => problem)).toEqual(['changed']);
  }
  expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('theirs');
  expect(readdirSync(folder).toSorted()).toEqual(['link', 'there']);
});

test('a new file is not made outside of the roots', async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  chmodSync(other, 0o755);
  symlinkSync(other, join(folder, 'out'));
  const { failed } = await writeFiles([{ path: 'out/x', before: undefined, after: 'x' }], { folder, roots: [folder] });
  expect(failed.map(({ problem }) => problem)).toEqual(['outside']);
  expect(readdirSync(other)).toEqual([]);
});

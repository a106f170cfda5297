import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readProblem } from '../../src/machine/file-errors.js';
import {
  type ReadOptions,
  readRegularFile,
  readRegularFileSync,
  UnfitFileError,
} from '../../src/machine/regular-file.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const [file, link, pipe] = ['file', 'link', 'pipe'].map((name) => join(folder, name)) as [string, string, string];
writeFileSync(file, 'twelve bytes');
symlinkSync(file, link);
execFileSync('mkfifo', [pipe]);
mkdirSync(join(folder, 'folder'));

describe.each([
  ['readRegularFile', readRegularFile],
  ['readRegularFileSync', async (path: string, options: ReadOptions) => readRegularFileSync(path, options)],
] as const)('%s', (_, read) => {
  test('reads a file that is as large as the limit', async () => {
    expect((await read(file, { limit: 12 })).bytes.toString()).toBe('twelve bytes');
  });

  test('refuses a file that is larger than the limit', async () => {
    await expect(read(file, { limit: 11 })).rejects.toThrow(new UnfitFileError('too-large', 11));
    await expect(read(file, { limit: 11 })).rejects.toThrow('is larger than 11 bytes');
  });

  test('reads a file whose size the system gives as 0', async () => {
    expect((await read('/proc/self/status', { limit: 100_000 })).bytes.toString()).toMatch(/^Name:.*Threads:/s);
    await expect(read('/proc/self/status', { limit: 10 })).rejects.toThrow('is larger than 10 bytes');
  });

  test.each(['/dev/zero', '/dev/null', pipe, join(folder, 'folder')])('refuses %s', async (path) => {
    await expect(read(path, { limit: 100 })).rejects.toThrow('is not a regular file');
  });

  test('follows a link unless it is to refuse links', async () => {
    expect((await read(link, { limit: 100 })).bytes.toString()).toBe('twelve bytes');
    await expect(read(link, { limit: 100, refuseLink: true })).rejects.toThrow('ELOOP');
  });

  test.each([
    [pipe, 'is not a regular file; name another file'],
    [join(folder, 'gone'), 'does not exist'],
    [join(file, 'below'), 'does not exist'],
  ])('its failure for %s is explained', async (path, problem) => {
    expect(readProblem(await read(path, { limit: 1 }).catch((error: unknown) => error))).toBe(problem);
  });
});

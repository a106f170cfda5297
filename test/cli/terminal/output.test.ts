import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkOutput, OutputError, writeOutput } from '../../../src/cli/terminal/output.js';
import { thisProcess } from '../../../src/machine/processes.js';
import { testContext } from '../../support/run-in-process.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

async function write(text: string, file: string | undefined) {
  const context = testContext();
  await checkOutput(file, context);
  await writeOutput(text, file, context);
  return context;
}

test('without a file it is stdout', async () => {
  expect((await write('text\n', undefined)).said.stdout).toBe('text\n');
});

test('a file is written whole, relative to the folder, and nothing stays beside it', async () => {
  const { folder, said } = await write('text\n', 'pins.nix');
  expect(readFileSync(join(folder, 'pins.nix'), 'utf8')).toBe('text\n');
  expect(readdirSync(folder)).toEqual(['pins.nix']);
  expect(said.stdout).toBe('');
});

test('an existing file keeps its mode, a link stays a link, and a program that has the file open keeps its old contents', async () => {
  const folder = temporaryFolder();
  const [file, link] = [join(folder, 'file'), join(folder, 'link')];
  writeFileSync(file, 'old');
  chmodSync(file, 0o666);
  symlinkSync('file', link);
  const before = statSync(file).ino;
  await write('new', link);
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['new', 0o666]);
  expect(statSync(file).ino).not.toBe(before);
  expect(readdirSync(folder).sort()).toEqual(['file', 'link']);
});

test('a name as long as names may be can be written', async () => {
  const { folder } = await write('text', 'n'.repeat(255));
  expect(readdirSync(folder)).toEqual(['n'.repeat(255)]);
});

test('a pipe is written into, not replaced', async () => {
  const pipe = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reading = readFile(pipe, 'utf8');
  await write('text', pipe);
  expect(await reading).toBe('text');
  expect(statSync(pipe).isFIFO()).toBe(true);
});

test('a device stays a device', async () => {
  await write('text', '/dev/null');
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test.each<[string, (folder: string) => string, RegExp]>([
  ['a folder', (folder) => folder, /it is a folder/],
  ['nothing', () => '', /it is a folder/],
  ['a folder that is not there', (folder) => join(folder, 'gone/file'), /there is no such folder/],
  ['a file as folder', (folder) => join(folder, 'file/file'), /ENOTDIR/],
])('%s is refused before anything is downloaded', async (_, name, words) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const file = name(folder);
  await expect(checkOutput(file, testContext())).rejects.toThrow(OutputError);
  await expect(checkOutput(file, testContext())).rejects.toThrow(words);
});

test('what goes wrong while writing leaves nothing behind', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  const context = testContext();
  await checkOutput(file, context);
  mkdirSync(file);
  mkdirSync(join(file, 'x'));
  await expect(writeOutput('text', join(file, 'x/y/z'), context)).rejects.toThrow(OutputError);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['file', join('file', 'x')]);
});

test('files that a killed run left are removed, and files of a run that still works stay', async () => {
  const folder = temporaryFolder();
  const { scope, pid } = thisProcess();
  const ended = spawnSync('true').pid;
  const uuid = '00000000-0000-4000-8000-000000000000';
  for (const process of [pid, ended]) writeFileSync(join(folder, `.pullpin-${scope}-${process}-${uuid}.tmp`), '');
  await write('new', join(folder, 'pins.nix'));
  expect(readdirSync(folder).sort()).toEqual([`.pullpin-${scope}-${pid}-${uuid}.tmp`, 'pins.nix']);
});

test('the file that is written meanwhile has the name of this process', async () => {
  const folder = temporaryFolder();
  const { scope, pid } = thisProcess();
  const names = new Set<string>();
  const watcher = watch(folder, (_, name) => names.add(String(name)));
  await write('x'.repeat(1_000_000), join(folder, 'pins.nix'));
  await expect.poll(() => [...names].some((name) => name.startsWith(`.pullpin-${scope}-${pid}-`))).toBe(true);
  watcher.close();
});

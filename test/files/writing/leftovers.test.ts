import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  keptSibling,
  makeTemporaryFolder,
  removeLeftovers,
  temporarySibling,
} from '../../../src/files/writing/leftovers.js';
import { thisProcess } from '../../../src/machine/processes.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const { scope, pid } = thisProcess();
const UUID = '01234567-89ab-4cde-8f01-23456789abcd';

/** The number of a process that has ended. */
function deadPid(): number {
  return Number(execFileSync(process.execPath, ['-p', 'process.pid']).toString());
}

test('files of killed processes are removed, and nothing else', async () => {
  const folder = temporaryFolder();
  const dead = deadPid();
  const living = spawn('sleep', ['60']);
  const kept = [
    basename(temporarySibling(join(folder, 'a.nix'))),
    basename(keptSibling(join(folder, 'a.nix'))),
    `.pullpin-${scope}-${living.pid}-${UUID}.tmp`,
    `.pullpin-00000000-${dead}-${UUID}.tmp`,
    `.pullpin-${scope}-${dead}-${UUID}.tmp.nix`,
    `x.pullpin-${scope}-${dead}-${UUID}.tmp`,
    `.pullpin-${UUID}.tmp`,
    `.pullpin-${scope}-1-${UUID}.tmp`,
    'a.nix',
  ].sort();
  for (const name of [...kept, `.pullpin-${scope}-${dead}-${UUID}.tmp`]) writeFileSync(join(folder, name), '');
  expect(kept[0]).toContain(`.pullpin-`);
  await removeLeftovers([folder, folder, join(folder, 'gone')]);
  expect(readdirSync(folder).sort()).toEqual(kept);
  living.kill();
  await once(living, 'exit');
  await removeLeftovers([folder]);
  expect(readdirSync(folder)).toHaveLength(kept.length - 1);
  expect(basename(temporarySibling(folder))).toContain(`-${pid}-`);
});

test('a folder of that name stays, and a folder behind a link is cleaned', async () => {
  const folder = temporaryFolder();
  const dead = deadPid();
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  writeFileSync(join(folder, 'real', `.pullpin-${scope}-${dead}-${UUID}.tmp`), '');
  mkdirSync(join(folder, `.pullpin-${scope}-${dead}-${UUID}.tmp`));
  await removeLeftovers([join(folder, 'link'), folder]);
  expect(readdirSync(join(folder, 'real'))).toEqual([]);
  expect(readdirSync(folder)).toHaveLength(3);
});

test('a temporary folder of a run that was killed is removed with all that is in it, and the own one stays', async () => {
  const parent = temporaryFolder();
  const left = join(parent, `.pullpin-${scope}-${deadPid()}-${UUID}.dir`);
  mkdirSync(left);
  writeFileSync(join(left, 'docker-image-redis-7.4.tar'), '');
  const own = await makeTemporaryFolder(parent);
  await removeLeftovers([parent]);
  expect(readdirSync(parent)).toEqual([basename(own)]);
  expect(statSync(own).mode & 0o777).toBe(0o700);
});

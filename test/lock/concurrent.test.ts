import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { BusyError, exclusively } from '../../src/lock/exclusive.js';
import { readLock } from '../../src/lock/lock-file.js';
import { readImagesFile } from '../../src/lock/read-images.js';
import { thisProcess } from '../../src/machine/processes.js';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { image } from '../support/images.js';
import { asOrdinaryUser } from '../support/ordinary-user.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MAIN = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

let registry: DockerRegistry;
beforeAll(async () => {
  registry = await startDockerRegistry();
  for (const name of NAMES)
    await registry.push(
      name,
      '1',
      image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(name) }] }),
    );
});

/** What all three files say together; throws when one of them is not whole. */
function stateOf(folder: string) {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const images = [...readImagesFile(read('images.toml'), 'images.toml').keys()];
  const lock = existsSync(join(folder, 'images.lock.json'))
    ? [...readLock(read('images.lock.json'), 'images.lock.json').keys()]
    : [];
  return { images: images.toSorted(), lock: lock.toSorted() };
}

describe('runs at the same time', () => {
  test('lose no image that another one adds, and leave nothing else behind', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const runs = await Promise.all(
      NAMES.map((name) => runPullpin(['lock', 'add', name, `${registry.host}/${name}:1`], { cwd: folder })),
    );
    expect(runs.map(({ exitCode }) => exitCode)).toEqual(NAMES.map(() => 0));
    expect(stateOf(folder)).toEqual({ images: NAMES, lock: NAMES });
    expect(readdirSync(folder).toSorted()).toEqual(['images.lock.json', 'images.nix', 'images.toml']);
  });

  test('remove and add without losing either', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const entries = NAMES.slice(0, 3).map((name) => `[images.${name}]\nimage = "${registry.host}/${name}:1"\n`);
    writeFileSync(join(folder, 'images.toml'), entries.join('\n'));
    await Promise.all([
      runPullpin(['lock'], { cwd: folder }),
      runPullpin(['lock', 'add', 'd', `${registry.host}/d:1`], { cwd: folder }),
      runPullpin(['lock', 'remove', 'b'], { cwd: folder }),
      runPullpin(['lock', 'freeze', 'c'], { cwd: folder }),
    ]);
    await runPullpin(['lock'], { cwd: folder });
    expect(stateOf(folder)).toEqual({ images: ['a', 'c', 'd'], lock: ['a', 'c', 'd'] });
    expect(readFileSync(join(folder, 'images.toml'), 'utf8')).toContain('freeze = true');
  });
});

test('a run that is killed at any moment leaves whole files, and the next one does not wait for it', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const entries = NAMES.map((name) => `[images.${name}]\nimage = "${registry.host}/${name}:1"\n`);
  writeFileSync(join(folder, 'images.toml'), entries.join('\n'));
  const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder };
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [MAIN, 'lock', ...args], { cwd: folder, env, stdio: 'ignore' });
  const began = Date.now();
  await once(start(), 'exit');
  const whole = Date.now() - began;
  expect(stateOf(folder).lock).toEqual(NAMES);
  // Near its end a run writes; the moments are spread over that part.
  for (let step = 0; step < 12; step++) {
    const isRemoved = step % 2 === 0;
    const child = isRemoved ? start('remove', 'f') : start('add', 'f', `${registry.host}/f:1`);
    await sleep((whole * (8 + step)) / 20);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const { images, lock } = stateOf(folder);
    expect(images.filter((name) => name !== 'f')).toEqual(NAMES.slice(0, 5));
    expect(lock.filter((name) => name !== 'f')).toEqual(NAMES.slice(0, 5));
  }
  const last = await runPullpin(['lock'], { cwd: folder });
  expect(last.exitCode).toBe(0);
  const { images, lock } = stateOf(folder);
  expect(lock).toEqual(images);
});

test('a run that has nothing to write removes what a killed one has left', async () => {
  const folder = temporaryFolder();
  await runPullpin(['lock', 'add', 'a', `${registry.host}/a:1`], { cwd: folder });
  const own = readdirSync(folder);
  const child = spawn('true');
  await once(child, 'exit');
  const word = '00000000-0000-0000-0000-000000000000';
  writeFileSync(join(folder, '.images.lock.json.busy'), `${thisProcess().scope} ${child.pid} ${word}\n`);
  writeFileSync(join(folder, `.pullpin-${thisProcess().scope}-${child.pid}-${word}.tmp`), 'half');
  expect((await runPullpin(['lock'], { cwd: folder })).exitCode).toBe(0);
  expect(readdirSync(folder)).toEqual(own);
});

describe('the file that says that others must wait', () => {
  const signal = new AbortController().signal;

  test('is removed when its process has ended', async () => {
    const file = join(temporaryFolder(), '.busy');
    const child = spawn('true');
    await once(child, 'exit');
    writeFileSync(file, `${thisProcess().scope} ${child.pid} 00000000-0000-0000-0000-000000000000\n`);
    expect(await exclusively(file, signal, async () => existsSync(file), 100)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['of a process that runs', `${thisProcess().scope} ${process.pid} 00000000-0000-0000-0000-000000000000\n`],
    ['of another machine', '00000000 1 00000000-0000-0000-0000-000000000000\n'],
    ['of something else', 'x'],
  ])('%s stays, and the run ends with what to do', async (_, text) => {
    const file = join(temporaryFolder(), '.busy');
    writeFileSync(file, text);
    const waited = exclusively(file, signal, async () => 0, 100);
    await expect(waited).rejects.toThrow(BusyError);
    await expect(waited).rejects.toThrow(`${file} shows that: wait for it, or remove that file`);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('lets one in after the other, and ends with what was thrown', async () => {
    const file = join(temporaryFolder(), '.busy');
    let inside = 0;
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, at) =>
        exclusively(file, signal, async () => {
          expect(++inside).toBe(1);
          await sleep(5);
          inside--;
          if (at === 3) throw new Error('three');
        }),
      ),
    );
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(existsSync(file)).toBe(false);
  });

  test('cannot be made: the folder is named, and not this file, of which only pullpin knows', async () => {
    const folder = temporaryFolder();
    const refusal = (path: string) => exclusively(path, new AbortController().signal, async () => 'written');
    chmodSync(folder, 0o555);
    await expect(asOrdinaryUser(folder, () => refusal(join(folder, '.busy')))).rejects.toThrow(
      `no file can be made in the folder ${folder}: this user may not write there; check its permissions`,
    );
    await expect(refusal(join(folder, 'gone', '.busy'))).rejects.toThrow(
      / \S+\/gone: it does not exist; make it first$/,
    );
  });

  test('is waited for until the run is interrupted', async () => {
    const file = join(temporaryFolder(), '.busy');
    writeFileSync(file, `${thisProcess().scope} ${process.pid} 00000000-0000-0000-0000-000000000000\n`);
    const interruption = new AbortController();
    const waiting = exclusively(file, interruption.signal, async () => 0);
    interruption.abort();
    await expect(waiting).rejects.toThrow();
  });
});

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRegistry } from '../../../support/faulty-registry.js';
import { image } from '../../../support/images.js';
import { runInProcess, testContext } from '../../../support/run-in-process.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const registry = await startRegistry();
registry.add(
  'app:1',
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('x') }] }),
);

const contextOf = (home: string, environment = {}) => testContext({ home, environment });

test('the folder follows XDG_CACHE_HOME, if that is an absolute path', async () => {
  const home = temporaryFolder();
  const dir = async (environment: Record<string, string>) =>
    (await runInProcess(['cache', '--dir'], contextOf(home, environment))).stdout;
  expect(await dir({})).toBe(`${home}/.cache/pullpin\n`);
  expect(await dir({ XDG_CACHE_HOME: '/elsewhere' })).toBe('/elsewhere/pullpin\n');
  expect(await dir({ XDG_CACHE_HOME: 'relative' })).toBe(`${home}/.cache/pullpin\n`);
});

test('a second pin costs two requests, for its tag and its digest; --clear forgets, and --no-cache neither reads nor writes', async () => {
  const home = temporaryFolder();
  const requests = async (...args: string[]): Promise<number> => {
    const before = registry.questions.length;
    expect((await runInProcess([...args], contextOf(home))).exitCode).toBe(0);
    return registry.questions.length - before;
  };
  const pin = `${registry.host}/app:1`;
  expect(await requests(pin, '--no-cache')).toBe(4);
  expect(existsSync(join(home, '.cache'))).toBe(false);
  expect(await requests(pin)).toBe(4);
  expect(await requests(pin)).toBe(2);
  await requests('cache', '--clear');
  expect(readdirSync(join(home, '.cache/pullpin'))).toEqual([]);
  expect(await requests(pin)).toBe(4);
});

test('a folder that cannot be made is one warning, and the pins are right', async () => {
  const run = (environment: Record<string, string>) =>
    runInProcess(
      ['pin', `${registry.host}/app:1`, '--platform', 'linux/amd64'],
      contextOf(temporaryFolder(), environment),
    );
  const { exitCode, stdout, stderr } = await run({ XDG_CACHE_HOME: '/proc/x' });
  expect(exitCode).toBe(0);
  expect(stderr.match(/warning: the cache folder \/proc\/x\/pullpin is not used/g)).toHaveLength(1);
  expect(stdout).toBe((await run({})).stdout);
});

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { createRandom } from '../support/random.js';
import { startPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test.for(['SIGINT', 'SIGTERM'] as const)('%s in the middle of a layer leaves nothing behind', async (signal) => {
  const layer = { bytes: createRandom(1).bytes(300_000), compression: 'none' as const };
  const content = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [layer, layer] });
  const registry = await startRegistry({ images: { 'example/image:1': content } });
  const [, digest = ''] = content.blobs.keys();
  registry.fail({ on: `GET /v2/example/image/blobs/${digest}`, stallAfter: 200_000 });

  const cwd = temporaryFolder();
  const tmp = temporaryFolder();
  const args = ['pin', `${registry.host}/example/image:1`, '--output', 'block.nix'];
  const running = startPullpin(args, { cwd, env: { TMPDIR: tmp } });
  while (!registry.lines.some((line) => line.includes(digest))) await sleep(20);
  await sleep(100);
  running.kill(signal);
  const { stdout, exitCode } = await running.ended;
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: signal === 'SIGINT' ? 130 : 143 });
  expect([...readdirSync(cwd), ...readdirSync(tmp)]).toEqual([]);
});

const HEAVY: readonly (readonly [work: string, files: Readonly<Record<string, string>>, args: readonly string[]])[] = [
  [
    'parses a large file',
    { 'large.nix': `{ digest = "sha256:"; list = [ ${'(f a) '.repeat(2_500_000)} ]; }` },
    ['list', 'large.nix'],
  ],
  [
    'follows the values of many files',
    Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}.nix`, heavyFile(n)])),
    ['list', '.'],
  ],
];

/** A file that uses up its budget of work. */
function heavyFile(n: number): string {
  const names = Array.from({ length: 4000 }, (_, at) => `t${at + 1} = t${at} + "a";\n`).join('');
  return `let t0 = "${n}"; ${names} in { x = "\${t4000}@sha256:${'0'.repeat(64)}"; }`;
}

test.for(['SIGINT', 'SIGTERM'] as const)('%s ends the program while it is busy', async (signal) => {
  for (const [work, files, args] of HEAVY) {
    const cwd = temporaryFolder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const running = startPullpin(args, { cwd });
    await sleep(1500);
    const start = performance.now();
    running.kill(signal);
    // The system ends it, so that there is no exit code of its own.
    expect(await running.ended, work).toEqual({ stdout: '', stderr: '', exitCode: undefined });
    expect(performance.now() - start, work).toBeLessThan(1000);
  }
});

// A signal that comes while the program starts must not be lost when the heavy work begins.
test.for([
  ['registries.conf', (path: string) => ({ CONTAINERS_REGISTRIES_CONF: path })],
  ['pullpin.toml', (path: string) => ({ XDG_CONFIG_HOME: join(path, '../..') })],
] as const)(
  'SIGTERM at any time of the start ends the program that is to read a heavy %s',
  async ([name, settings]) => {
    const folder = join(temporaryFolder(), 'pullpin');
    mkdirSync(folder);
    const path = join(folder, name);
    writeFileSync(path, `${Array(500_000).fill('a').join('.')} = 1`);
    for (let delay = 60; delay <= 320; delay += 20) {
      const running = startPullpin(['digest', '127.0.0.1:1/x', '--retries', '0'], { env: settings(path) });
      await sleep(delay);
      const start = performance.now();
      running.kill('SIGTERM');
      await running.ended;
      expect(performance.now() - start, `after ${delay} ms`).toBeLessThan(1000);
    }
  },
);

test('SIGTERM at any time ends the program that works on a long images.toml', async () => {
  const cwd = temporaryFolder();
  const images = Array.from({ length: 9999 }, (_, at) => `[images.a${at}]\nimage = "redis:7.4"\n`);
  writeFileSync(join(cwd, 'images.toml'), images.join(''));
  for (const args of [['--check'], ['show', '--json'], ['freeze', 'a1', 'a2']])
    for (const delay of [200, 500, 800, 1200]) {
      const running = startPullpin(['lock', ...args], { cwd });
      await sleep(delay);
      const start = performance.now();
      running.kill('SIGTERM');
      await running.ended;
      expect(performance.now() - start, `${args} after ${delay} ms`).toBeLessThan(1000);
    }
});

test.for([['--match', '/^(a|b|1)*x/'], ['--semver']] as const)(
  'SIGTERM ends the program while it looks through a million tags with %s',
  async (options) => {
    const body = JSON.stringify({ tags: Array.from({ length: 1_000_000 }, (_, at) => `1.${at % 1000}.${at}`) });
    const registry = await startRegistry({ faults: [{ on: 'tags/list', status: 200, body }] });
    for (const delay of [300, 1000, 2000]) {
      const before = registry.questions.length;
      const running = startPullpin(['tags', `${registry.host}/many`, ...options]);
      while (registry.questions.length === before) await sleep(20);
      await sleep(delay);
      const start = performance.now();
      running.kill('SIGTERM');
      expect((await running.ended).stdout).toBe('');
      expect(performance.now() - start).toBeLessThan(1000);
    }
  },
);

test('SIGTERM ends the program while it reads and shows a hundred thousand labels', async () => {
  const labels = Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`label-${at}`, 'value']));
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: labels } });
  const registry = await startRegistry({ images: { 'labels:1': image({ config, layers: [] }) } });
  for (const delay of [100, 400, 800]) {
    const before = registry.questions.length;
    const running = startPullpin(['inspect', `${registry.host}/labels:1`]);
    while (!registry.questions.slice(before).some((question) => question.includes('blobs'))) await sleep(20);
    await sleep(delay);
    const start = performance.now();
    running.kill('SIGTERM');
    await running.ended;
    expect(performance.now() - start).toBeLessThan(1000);
  }
});

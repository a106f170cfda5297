import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { startPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MAIN = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));

/** Ends a run by a signal, and gives how long that took, in milliseconds. */
async function durationOf(end: () => void, ended: Promise<unknown>): Promise<number> {
  const start = performance.now();
  end();
  await ended;
  return performance.now() - start;
}

// Whoever reads may have stopped, as `less` does, and Ctrl-C then goes to both.
test.for(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the program while no program reads what it prints',
  async (signal) => {
    const cwd = mkdtempSync(join(temporaryFolder(), 'pins-'));
    const pin = (at: number) =>
      `  a${at} = "registry.example/${'long/'.repeat(40)}redis:7.4@sha256:${'0'.repeat(64)}";\n`;
    writeFileSync(join(cwd, 'a.nix'), `{\n${Array.from({ length: 1500 }, (_, at) => pin(at)).join('')}}\n`);
    for (const args of [['list'], ['list', '--json']]) {
      const child = spawn(process.execPath, [MAIN, ...args, 'a.nix'], {
        cwd,
        env: { PATH: process.env['PATH'] ?? '', HOME: cwd },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said: Buffer[] = [];
      child.stderr.on('data', (bytes: Buffer) => said.push(bytes));
      await sleep(4000);
      expect(await durationOf(() => child.kill(signal), once(child, 'exit'))).toBeLessThan(1000);
      expect(child.exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(Buffer.concat(said).toString()).toBe('pullpin: interrupted; its output was not read to the end\n');
      child.stdout.destroy();
    }
  },
);

test.for(['SIGINT', 'SIGTERM'] as const)('%s ends the program while no program reads its messages', async (signal) => {
  const cwd = mkdtempSync(join(temporaryFolder(), 'pins-'));
  const pin = `- image: redis:7.4@sha256:${'0'.repeat(64)}\n`;
  // A message for each digest of a file that is too large.
  writeFileSync(join(cwd, 'a.yaml'), pin.repeat(50_000));
  const child = spawn(process.execPath, [MAIN, 'list', 'a.yaml'], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await sleep(6000);
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  expect(await durationOf(() => child.kill(signal), once(child, 'exit'))).toBeLessThan(1000);
  child.stderr.destroy();
});

// A name server that does not answer keeps a thread of Node, and Node does not end before the thread does.
test.for(['SIGINT', 'SIGTERM'] as const)('%s ends the program while a thread waits for the system', async (signal) => {
  const folder = temporaryFolder();
  const [pipe, script] = [join(folder, 'pipe'), join(folder, 'blocked.cjs')];
  execFileSync('mkfifo', [pipe]);
  writeFileSync(script, `require('node:fs').open(${JSON.stringify(pipe)}, 'r', () => {});\n`);
  const registry = await startRegistry({ faults: [{ on: '/manifests/', stallAfter: 0 }] });
  const running = startPullpin(['digest', `${registry.host}/a:1`], { env: { NODE_OPTIONS: `--require ${script}` } });
  while (registry.questions.length === 0) await sleep(20);
  await sleep(500);
  expect(await durationOf(() => running.kill(signal), running.ended)).toBeLessThan(1000);
  expect((await running.ended).stderr).toBe('pullpin: interrupted; nothing was written\n');
});

// Each piece of work that removes the handlers of signals could lose one, and a long list has thousands of pieces.
test('SIGTERM is not lost while a long list is looked up', { timeout: 120_000 }, async () => {
  const content = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [] });
  const registry = await startRegistry({ images: { 'a:1': content } });
  const stdin = `${registry.host}/a:1\n`.repeat(9000);
  for (const delay of [0, 150, 300, 450, 600, 750]) {
    const before = registry.questions.length;
    const running = startPullpin(['-', '--json', '--no-cache'], { stdin });
    while (registry.questions.length < before + 20) await sleep(5);
    await sleep(delay);
    expect(await durationOf(() => running.kill('SIGTERM'), running.ended), `after ${delay} ms`).toBeLessThan(1000);
    expect((await running.ended).stdout).toBe('');
  }
});

test.for(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the program while no program reads its --output pipe',
  async (signal) => {
    const content = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [] });
    const registry = await startRegistry({ images: { 'a:1': content } });
    const pipe = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const running = startPullpin([`${registry.host}/a:1`, '--output', pipe]);
    await sleep(3000);
    expect(await durationOf(() => running.kill(signal), running.ended)).toBeLessThan(1000);
    expect(await running.ended).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^(?:pullpin: warning: .*\n)?pullpin: interrupted; nothing was written\n$/),
      exitCode: signal === 'SIGINT' ? 130 : 143,
    });
    expect(statSync(pipe).isFIFO()).toBe(true);
  },
);

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
test.for(['SIGINT', 'SIGTERM'] as const)('%s ends the program while nobody reads what it prints', async (signal) => {
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
});

test.for(['SIGINT', 'SIGTERM'] as const)('%s ends the program while nobody reads its --output pipe', async (signal) => {
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
});

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runInProcess, testContext } from '../../../support/run-in-process.js';

/** A pin of which no registry has to be asked: it has no digest yet. */
const PIN =
  'pkgs: pkgs.dockerTools.pullImage { imageName = "web"; imageDigest = ""; sha256 = ""; finalImageTag = "1"; }\n';

function folderWithPin() {
  const context = testContext();
  const path = (name: string): string => join(context.folder, name);
  writeFileSync(path('web.nix'), PIN);
  const check = (...args: string[]) => runInProcess(['check', ...args], context);
  return { path, check, read: (name: string): string => readFileSync(path(name), 'utf8') };
}

describe('--html writes over pages only', () => {
  test.each(['other.nix', 'linked.html'])('%s, which has something else, stays', async (name) => {
    const { path, check, read } = folderWithPin();
    writeFileSync(path('other.nix'), PIN);
    symlinkSync('other.nix', path('linked.html'));
    const { exitCode, stdout, stderr } = await check('--html', name, 'web.nix');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `pullpin: --html ${name}: this file is there, and is not a page: name another one, such as --html pins.html\n`,
    );
    expect(read('other.nix')).toBe(PIN);
  });

  test('an earlier page and an empty file are replaced', async () => {
    const { path, check, read } = folderWithPin();
    expect((await check('--html', 'pins.html', 'web.nix')).exitCode).toBe(1);
    const first = read('pins.html');
    writeFileSync(path('pins.html'), `${first}old`);
    writeFileSync(path('empty.html'), '');
    for (const name of ['pins.html', 'empty.html']) {
      await check('--html', name, 'web.nix');
      expect(read(name)).toMatch(/^<!doctype html>.*<\/html>\n?$/s);
    }
  });

  test('a pipe gets the page, and is not read before', async () => {
    const { path, check } = folderWithPin();
    execFileSync('mkfifo', [path('pipe')]);
    execFileSync('sh', ['-c', 'cat pipe >got.html &'], { cwd: path('.'), stdio: 'ignore' });
    await check('--html', 'pipe', 'web.nix');
    await expect
      .poll(() => existsSync(path('got.html')) && readFileSync(path('got.html'), 'utf8'))
      .toContain('</html>');
  });
});

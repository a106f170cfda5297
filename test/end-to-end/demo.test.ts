import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const demo = (...args: readonly string[]) =>
  execa('npm', ['run', '--silent', 'demo', ...args], { cwd: ROOT, reject: false });

test('npm run demo pins an image, and bumps the pins of a folder', async () => {
  const { stdout } = await demo();
  const [pin = '', diff = '', bump = ''] = stdout.split(/^\$ .*\n/m).slice(1);
  const [, hash = ''] = /sha256 = "(sha256-[\w+/]{43}=)"/.exec(pin) ?? [];
  expect(diff).toContain(`+  hash = "${hash}";`);
  expect(bump).toContain('hosts/cache/redis.nix:2  redis:7.4');
});

test('npm run demo -- PROGRAM runs a program with the command pullpin, and ends as it does', async () => {
  const { stdout, exitCode } = await demo('--', 'sh', '-c', 'pullpin digest redis:7.4; pullpin bump --check -q');
  expect(stdout).toMatch(/^sha256:[0-9a-f]{64}/);
  expect(exitCode).toBe(3);
  expect((await demo('--', 'no-such-program')).stderr).toContain('demo: spawn no-such-program ENOENT');
});

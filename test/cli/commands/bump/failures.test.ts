import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { registryError, startRegistry } from '../../../support/faulty-registry.js';
import type { Fault } from '../../../support/faulty-server.js';
import { image } from '../../../support/images.js';
import { runPullpin } from '../../../support/run-pullpin.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const HELLO = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('hello') }] });
const OLD = `sha256:${'a'.repeat(64)}`;

/** How look-ups of `web:1`, `web:2` and `db:1` fail, the exit code, and the only lines that stderr has about it. */
const KINDS: readonly (readonly [kind: string, fault: Fault | 'down', code: number, lines: readonly string[]])[] = [
  [
    'a registry that is down',
    'down',
    1,
    ['a.nix:1, a.nix:2, a.nix:3: HOST: connection refused: nothing listens there; check the host and the port'],
  ],
  [
    'an internal error',
    { ...registryError(503, 'UNAVAILABLE', 'being repaired') },
    1,
    [
      'a.nix:1, a.nix:2, a.nix:3: HOST: the registry has an internal error, try again later (status 503: being repaired)',
    ],
  ],
  [
    'a rate limit',
    { ...registryError(429, 'TOOMANYREQUESTS', 'slow down'), headers: { 'retry-after': '3600' } },
    6,
    [
      'a.nix:1, a.nix:2, a.nix:3: too many requests for HOST (status 429): try again after TIME; logging in raises the limit',
    ],
  ],
  [
    'a web page',
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
    1,
    ['a.nix:1, a.nix:2, a.nix:3: HOST: the server sent a web page; a proxy or a sign-in may be in the way'],
  ],
  [
    'repositories that are not there',
    { ...registryError(404, 'NAME_UNKNOWN', 'unknown') },
    5,
    [
      'a.nix:1, a.nix:2: acme/web: HOST has no such repository; check its name',
      'a.nix:3: acme/db:1: HOST has no such repository; check its name',
    ],
  ],
  [
    'repositories that are private',
    { ...registryError(403, 'DENIED', 'denied') },
    4,
    [
      "a.nix:1, a.nix:2: acme/web: HOST has no such repository, or it is private (status 403: denied); to read a private one log in with 'docker login' or 'podman login'",
      "a.nix:3: acme/db:1: HOST has no such repository, or it is private (status 403: denied); to read a private one log in with 'docker login' or 'podman login'",
    ],
  ],
  [
    'tags that are not there',
    { ...registryError(404, 'MANIFEST_UNKNOWN', 'unknown') },
    5,
    ['web:1', 'web:2', 'db:1'].map(
      (name, at) =>
        `a.nix:${at + 1}: acme/${name}: HOST has no such tag, or no such repository; to list its tags: pullpin tags acme/${name.replace(/:.*/, '')}`,
    ),
  ],
];

/** Runs `bump` in a folder where every look-up fails, or all but that of `good`. */
async function bump(fault: Fault | 'down', args: readonly string[], withGood = false) {
  const registry = await startRegistry({ images: { 'acme/good:1': HELLO } });
  if (fault === 'down') await registry.close();
  else registry.fail({ on: /acme\/(?:web|db)\//, ...fault });
  const cwd = temporaryFolder();
  const pins = ['web:1', 'web:2', 'db:1'].map((name) => `"acme/${name}@${OLD}"`);
  const good = `"acme/good:1@${HELLO.root.digest}"`;
  writeFileSync(join(cwd, 'a.nix'), `[ ${[...pins, ...(withGood ? [good] : [])].join('\n  ')} ]\n`);
  const env = { PULLPIN_REGISTRY_MAP: `docker.io=${registry.host}`, PULLPIN_RETRIES: '0' };
  const run = await runPullpin(['bump', ...args], { cwd, env });
  const plain = (text: string) =>
    text.replaceAll(registry.host, 'HOST').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
  return { ...run, stdout: plain(run.stdout), stderr: plain(run.stderr) };
}

describe.each(KINDS)('%s', (_, fault, exitCode, lines) => {
  const said = lines.map((line) => `pullpin: ${line}\n`).join('');

  test.each([[[]], [['--check']], [['-n']], [['-n', '--diff']]])('is said once, with its pins (%j)', async (args) => {
    const summary = `pullpin: 0 pins ${args.length === 0 ? 'changed' : 'outdated'}, 0 up to date, 3 failed\n`;
    expect(await bump(fault, args)).toEqual({ stdout: '', stderr: `${said}${summary}`, exitCode });
  });

  test('is a problem of each pin in the JSON', async () => {
    const { stdout, stderr, exitCode: code } = await bump(fault, ['-n', '--json'], fault !== 'down');
    expect({ stderr, code }).toEqual({ stderr: said, code: exitCode });
    const { problems, counts } = JSON.parse(stdout) as Record<'problems' | 'counts', Record<string, unknown>[]>;
    expect(problems.map(({ line, severity, imageName }) => [line, severity, imageName])).toEqual([
      [1, 'failure', 'acme/web'],
      [2, 'failure', 'acme/web'],
      [3, 'failure', 'acme/db'],
    ]);
    expect(counts).toMatchObject({ found: fault === 'down' ? 3 : 4, current: fault === 'down' ? 0 : 1 });
  });

  test('does not let --markdown say that all pins are up to date', async () => {
    const { stdout, exitCode: code } = await bump(fault, ['-n', '--markdown'], fault !== 'down');
    expect(stdout).toMatch(/^Nothing is changed: [01] up to date, 3 failed\.\n\nLeft as they are:\n\n- `a\.nix:1`/);
    expect(stdout).not.toMatch(/all pins/i);
    expect(code).toBe(exitCode);
  });
});

test('several images of a command line that fail alike are one line', async () => {
  const registry = await startRegistry({ images: { 'acme/good:1': HELLO } });
  registry.fail({ on: 'acme/web', ...registryError(404, 'NAME_UNKNOWN', 'unknown') });
  registry.fail({ on: 'acme/db', ...registryError(500, 'UNKNOWN', 'disk') });
  const names = ['acme/web:1', 'acme/web:2', 'acme/db:1', 'acme/db:2', 'acme/good:1'];
  const { host } = registry;
  const env = { PULLPIN_REGISTRY_MAP: `docker.io=${host}`, PULLPIN_RETRIES: '0' };
  expect(await runPullpin(['digest', ...names], { env })).toEqual({
    stdout: `${HELLO.root.digest}\n`,
    stderr:
      `pullpin: acme/web: ${host} has no such repository; check its name\n` +
      `pullpin: acme/db:1, acme/db:2: ${host}: the registry has an internal error, try again later (status 500: disk)\n`,
    exitCode: 1,
  });
});

test('a registry that fails at every HEAD is asked by GET', async () => {
  const registry = await startRegistry({ images: { 'acme/good:1': HELLO }, faults: [{ on: 'HEAD', status: 500 }] });
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.nix'), `[ "acme/good:1@${OLD}" ]\n`);
  const env = { PULLPIN_REGISTRY_MAP: `docker.io=${registry.host}` };
  const { stderr, exitCode } = await runPullpin(['bump'], { cwd, env });
  expect({ stderr, exitCode }).toEqual({ stderr: 'pullpin: 1 pin changed in 1 file, 0 up to date\n', exitCode: 0 });
});

test('check names the image of a finding once, too', async () => {
  const registry = await startRegistry({ images: { 'acme/good:1': HELLO } });
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.nix'), `[ "acme/good:1@${OLD}" ]\n`);
  const env = { PULLPIN_REGISTRY_MAP: `docker.io=${registry.host}`, PULLPIN_RETRIES: '0' };
  const { stdout, exitCode } = await runPullpin(['check'], { cwd, env });
  expect(stdout).toMatch(new RegExp(`^a\\.nix:1:\\d+: error: acme/good@${OLD}: `));
  expect(exitCode).toBe(1);
});

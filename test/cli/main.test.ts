import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { fixtureImage } from '../support/fixture-images.js';
import { compress, type ImageContent, image } from '../support/images.js';
import { createRandom } from '../support/random.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MAIN = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));
const HELLO = ['--from', `oci:${fixtureImage('hello')}`];
const CONFIG = '{"architecture":"amd64","os":"linux"}';
const SMALL = image({ config: CONFIG, layers: [{ bytes: Buffer.from('hello\n') }] });

/** Starts the program in a folder of its own, which is its temporary folder as well, and leaves its stdin open. */
function start(args: readonly string[]) {
  const folder = temporaryFolder();
  // Newer versions of Node would keep compiled code in the temporary folder.
  const ofNode = { PATH: process.env['PATH'], NODE_DISABLE_COMPILE_CACHE: '1' };
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { ...ofNode, HOME: folder, TMPDIR: folder, XDG_CACHE_HOME: join(folder, 'cache') },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string; files: string[] }>((resolve) =>
    child.once('close', (code) =>
      resolve({ code, ...said, files: readdirSync(folder).filter((name) => name !== 'cache') }),
    ),
  );
  return { child, ended };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('an interruption ends the program at once with one line, and leaves nothing behind', () => {
  const NOTHING = { stdout: '', stderr: 'pullpin: interrupted; nothing was written\n', files: [] };

  test('while a registry does not answer', async () => {
    const registry = await startRegistry({
      images: { 'x:1': SMALL },
      faults: [{ on: 'manifests', delay: Number.POSITIVE_INFINITY }],
    });
    const { child, ended } = start(['pin', `${registry.host}/x:1`, '--json', '-o', 'pins.json']);
    await until(() => registry.questions.length > 0);
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, ...NOTHING });
  });

  test('while a large layer of unknown size is being kept', async () => {
    const bytes = compress(Buffer.alloc(48 * 1024 * 1024, createRandom(1).bytes(65_536)), 'gzip stored');
    const content: ImageContent = image({ config: CONFIG, layers: [{ bytes, compression: 'none' }] });
    const registry = await startRegistry({
      images: { 'x:1': content },
      faults: [{ on: /GET .*blobs/, after: 1, stallAfter: 40 * 1024 * 1024 }],
      ranges: false,
    });
    const { child, ended } = start(['pin', `${registry.host}/x:1`, '-o', 'pins.nix']);
    await until(() => registry.questions.filter((question) => question.includes('blobs')).length > 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, ...NOTHING });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s while stdin is waited for', async (signal, code) => {
    for (const args of [
      ['pin', '-', ...HELLO],
      ['digest', 'redis', '--creds-stdin'],
    ]) {
      const { child, ended } = start(args);
      await new Promise((resolve) => setTimeout(resolve, 600));
      child.kill(signal);
      expect({ args, ...(await ended) }).toEqual({ args, code, ...NOTHING });
    }
  });
});

describe('the reader of the output', () => {
  test('may stop reading', async () => {
    const { child, ended } = start(['x:1', '--json', ...HELLO]);
    child.stdout.destroy();
    child.stdin.end();
    expect(await ended).toMatchObject({ code: 141, stderr: '', files: [] });
  });

  test('may not read stderr', async () => {
    const { child, ended } = start([
      'x@sha256:b678664ccf223e1a69de0c6a28042763b1dd451889926dff14245707b6b1066e',
      ...HELLO,
    ]);
    child.stderr.destroy();
    child.stdin.end();
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringContaining('pullImage') });
  });

  test('may have a full disk', async () => {
    const { execa } = await import('execa');
    const { exitCode, stderr } = await execa(
      'sh',
      ['-c', '"$0" "$@" > /dev/full', process.execPath, MAIN, 'x:1', ...HELLO],
      { reject: false },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toBe('pullpin: stdout cannot be written: the disk or the quota is full; free some space');
  });
});

test('a run that stops before its end does not look like success', async () => {
  const { execa } = await import('execa');
  // Nothing else is waited for than the end of a write that never ends.
  const stuck = join(temporaryFolder(), 'stuck.cjs');
  writeFileSync(stuck, 'process.stdout.write = () => true;');
  const { exitCode, stderr } = await execa(process.execPath, ['--require', stuck, MAIN, 'x:1', ...HELLO], {
    reject: false,
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('stopped before its end');
});

test('a command loads no more of the program than it needs', async () => {
  const { execa } = await import('execa');
  const registry = await startRegistry({ images: { 'one:1': SMALL } });
  const folder = temporaryFolder();
  const listing = join(folder, 'listing.cjs');
  const list = 'Object.keys(require.cache).slice(1).join(" ")';
  writeFileSync(listing, `process.on('exit', () => process.stderr.write(${list}));`);
  const loaded = async (...args: string[]): Promise<string[]> => {
    const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder };
    const settings = { env, extendEnv: false, cwd: folder };
    const { stderr } = await execa(process.execPath, ['--require', listing, MAIN, ...args], settings);
    return stderr.split(' ').map((path) => basename(path).replace(/(-.{8})?\.cjs$/, ''));
  };
  expect(await loaded('--version')).toEqual(['main', 'rolldown-runtime', 'start', 'program']);
  const ofDigest = await loaded('digest', `${registry.host}/one:1`);
  // Debian's own settings of podman's take no parser of TOML; those of this machine may.
  expect(ofDigest.filter((name) => name !== 'dist')).toEqual([
    'main',
    'rolldown-runtime',
    'start',
    'program',
    'run',
    'look-up',
    'connect',
  ]);
  // An image that is remembered.
  await loaded('pin', '--quiet', `${registry.host}/one:1`);
  const ofPin = (await loaded('pin', '--quiet', `${registry.host}/one:1`)).filter((name) => name !== 'dist');
  expect(ofPin.filter((name) => !ofDigest.includes(name))).toEqual(['handlebars', 'hashing', 'table']);
  const pin = `image: redis:7.4@sha256:${'a'.repeat(64)}`;
  writeFileSync(join(folder, 'a.nix'), `{ ${pin.replace(': ', ' = "')}"; }`);
  writeFileSync(join(folder, 'plain.yaml'), 'image: redis:7.4');
  writeFileSync(join(folder, 'pin.yaml'), pin);
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  execFileSync('git', ['add', 'plain.yaml'], { cwd: folder });
  const ofList = await loaded('list');
  expect(ofList).toEqual([
    'main',
    'rolldown-runtime',
    'start',
    'program',
    'run',
    'look-up',
    'pin-sites',
    'table',
    'execa',
  ]);
  execFileSync('git', ['add', 'pin.yaml'], { cwd: folder });
  expect((await loaded('list')).filter((name) => !ofList.includes(name))).toEqual(['yaml-file']);
});

describe('several images', () => {
  const images = (registry: { host: string }, ...names: string[]) => names.map((name) => `${registry.host}/${name}`);

  test('one that fails does not lose the others: text, JSON, and a file', async () => {
    const registry = await startRegistry({ images: { 'one:1': SMALL, 'two:1': SMALL } });
    const names = images(registry, 'one:1', 'gone:1', 'two:1');
    const text = await runPullpin(['pin', '-t', 'attrs', ...names]);
    expect(text.exitCode).toBe(5);
    expect(text.stdout).toMatch(/^\{[^}]*one"[^}]*\}\n\n\{[^}]*two"[^}]*\}\n$/);
    expect(text.stderr).toMatch(/^(pullpin: [^\n]*\n)+$/);
    expect(text.stderr).toMatch(/gone/);

    const { stdout, exitCode } = await runPullpin(['pin', '--json', '-q', ...names]);
    const json = JSON.parse(stdout);
    expect(exitCode).toBe(5);
    expect(json).toMatchObject({ version: 1, pins: [{ image: names[0] }, { image: names[2] }] });
    expect(json.problems).toEqual([{ image: names[1], kind: 'not-found', message: expect.any(String) }]);

    const folder = temporaryFolder();
    const file = await runPullpin(['pin', '-q', '--json', '-o', 'pins.json', ...names], { cwd: folder });
    expect(file).toMatchObject({ exitCode: 5, stdout: '' });
    expect(readdirSync(folder)).toEqual(['pins.json']);
  });

  test('are printed in the given order, whichever is slower', async () => {
    const registry = await startRegistry({
      images: { 'one:1': SMALL, 'two:1': SMALL },
      faults: [{ on: 'one/manifests', delay: 300 }],
    });
    const { stdout } = await runPullpin(['digest', '--json', ...images(registry, 'one:1', 'two:1')]);
    expect(JSON.parse(stdout).digests.map(({ image }: { image: string }) => image)).toEqual(
      images(registry, 'one:1', 'two:1'),
    );
  });

  test('from a list on stdin', async () => {
    const registry = await startRegistry({ images: { 'one:1': SMALL } });
    const { stdout, exitCode } = await runPullpin(['digest', '-'], { stdin: `# list\n${registry.host}/one:1\n` });
    expect({ stdout, exitCode }).toEqual({ stdout: `${SMALL.root.digest}\n`, exitCode: 0 });
  });
});

describe('which messages appear, and which do not', () => {
  test('-q reports only failures, -v also requests and causes; the answer is the same', async () => {
    const registry = await startRegistry({ images: { 'one:1': SMALL } });
    const name = `${registry.host}/one:1`;
    const [quiet, normal, verbose] = await Promise.all(
      [['-q'], [], ['-v']].map((flags) => runPullpin(['pin', name, ...flags])),
    );
    expect(quiet?.stderr).toBe('');
    expect(normal?.stderr).toMatch(/^pullpin: warning: [^\n]*tlsVerify = false[^\n]*\n$/);
    expect(verbose?.stderr).toMatch(/GET http:\/\/.*manifests\/1 → 200 in \d+ ms\n/);
    expect(new Set([quiet?.stdout, normal?.stdout, verbose?.stdout]).size).toBe(1);
    const failed = await runPullpin(['pin', '-q', `${registry.host}/gone:1`]);
    expect(failed.stderr).toMatch(/^pullpin: [^\n]+\n$/);
  });

  test('what a registry says cannot act on the terminal', async () => {
    const evil = '\u001b]0;evil\u0007\u009b31m\u202e';
    const config = JSON.stringify({
      architecture: evil,
      os: evil,
      created: evil,
      config: { Labels: { [evil]: evil } },
    });
    const content = image({ config, layers: [], manifest: { artifactType: evil, annotations: { [evil]: evil } } });
    const registry = await startRegistry({
      images: { 'evil:1': content },
      faults: [{ on: 'gone', status: 404, body: JSON.stringify({ errors: [{ code: evil, message: evil }] }) }],
    });
    const name = `${registry.host}/evil:1`;
    const runs = await Promise.all(
      [
        ['pin', name],
        ['pin', name, '--json'],
        ['inspect', name],
        ['inspect', name, '--json'],
        ['pin', '-v', `${registry.host}/gone:1`],
      ].map((args) => runPullpin(args)),
    );
    for (const { stdout, stderr } of runs) expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(JSON.parse(runs[3]?.stdout ?? '').labels).toEqual({ [evil]: evil });
  });
});

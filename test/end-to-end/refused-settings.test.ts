import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import * as library from '../../src/index.js';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MAIN = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));
const CONTENT = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('x') }] });
const registry = await startRegistry({ images: { 'app:1': CONTENT } });
const name = `${registry.host}/app:1`;
const machine = { ...library.fromProcess(), home: temporaryFolder() };
const connect = (settings: object = {}) => library.connectRegistries(machine, settings);

describe('the library refuses, with a UsageError that names it,', () => {
  test.each([
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: Number.NaN }],
    ['retries', { retries: -1 }],
    ['userAgent', { userAgent: 'a\r\nx-other: b' }],
  ])('%s of %j', async (setting, settings) => {
    const refused = expect(connect(settings)).rejects;
    await refused.toThrow(UsageError);
    await refused.toThrow(setting);
  });

  // What a program without types may hand over.
  const wrong = (settings: object) => settings as never;

  test.each([
    ['digest', async () => library.pinImage(name, wrong({ registries: await connect(), digest: 'bogus' }))],
    ['target', async () => library.pinImage(name, wrong({ registries: await connect(), target: 'bogus' }))],
    ['mode', async () => library.planBump({ files: [] }, wrong({ registries: await connect(), mode: 'bogus' }))],
    ['digest', async () => library.planBump({ files: [] }, wrong({ registries: await connect(), digest: 'bogus' }))],
    ['limit', async () => library.findTags(name, wrong({ registries: await connect(), limit: -1 })).next()],
    ['newest', async () => library.findTags(name, wrong({ registries: await connect(), newest: 0 })).next()],
    ['hashAttribute', () => library.createRenderer(wrong({ hashAttribute: 'a = 1; b' }))],
    ['hashFormat', () => library.createRenderer(wrong({ hashFormat: 'bogus' }))],
  ])('a %s that is none of its words or numbers', async (setting, act: () => Promise<unknown>) => {
    const error = await act().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(`${setting} is `);
  });

  test('a pin whose hash is not of what the template fetches', async () => {
    const registries = await connect();
    const archive = await library.pinImage(name, { registries });
    const folder = await library.pinImage(name, { registries, target: 'nar' });
    const nix2container = await library.createRenderer({ template: 'nix2container' });
    expect(() => nix2container.render([archive])).toThrow(
      /its hash is of docker-archive.*nix2container needs one of nar/,
    );
    expect(nix2container.render([folder])).toContain('nix2container.pullImage');
    const pullImage = await library.createRenderer();
    expect(() => pullImage.render([folder])).toThrow(UsageError);
    const ownFunction = await library.createRenderer({ function: 'my.fetcher' });
    expect(ownFunction.render([folder])).toContain('my.fetcher {');
    await registries.close();
  });
});

test('closed registries are a PullpinError', async () => {
  const registries = await connect();
  await registries.close();
  await expect(library.resolveImage(name, { registries })).rejects.toThrow(library.PullpinError);
});

test('--target that is not what the template fetches is refused', async () => {
  const { stdout, exitCode } = await runPullpin(['pin', '-t', 'nix2container', '--target', 'docker-archive', name]);
  expect([stdout, exitCode]).toEqual(['', 2]);
});

describe('a place that the program needs and does not have is one line', () => {
  test('the current folder', async () => {
    const folder = join(temporaryFolder(), 'gone');
    mkdirSync(folder);
    const script = `cd ${folder} && rmdir ${folder} && exec ${process.execPath} ${MAIN} --version`;
    const { exitCode, stderr } = await execa('sh', ['-c', script], { reject: false });
    rmSync(folder, { recursive: true, force: true });
    expect(stderr).toBe('pullpin: the current folder does not exist any more: change to another one');
    expect(exitCode).toBe(1);
  });

  test('a home folder that is empty or relative is that of the user, and not the current folder', async () => {
    const cwd = temporaryFolder();
    for (const HOME of ['', 'relative']) {
      const { stdout } = await runPullpin(['cache', '--dir'], { cwd, env: { HOME } });
      expect(stdout).toMatch(/^\//);
      expect(stdout).not.toContain(cwd);
    }
  });
});

describe('a path that is not there is a usage error that names it', () => {
  test.each([
    [['list', 'nosuch.nix'], 'nosuch.nix does not exist'],
    [['bump', './nosuch/'], 'nosuch/ does not exist'],
    [['pin', './nosuch.nix'], "'./nosuch.nix' looks like the path of a file"],
    [['pin', '/tmp/nosuch.nix'], "'/tmp/nosuch.nix' looks like the path of a file"],
  ])('%j', async (args, message) => {
    const { stderr, exitCode } = await runPullpin(args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});

describe('a registry-map in pullpin.toml that is wrong names file and line, in each command', () => {
  test.each([
    ['# one\nregistry-map = ["docker.io"]\n', 2, 'list'],
    ['# one\nregistry-map = ["docker.io"]\n', 2, 'tags'],
    ['\n\n[registry-map]\na = "b"\n', 3, 'list'],
  ])('%j', async (text, line, command) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'pullpin.toml'), text);
    const { stderr, exitCode } = await runPullpin([command, ...(command === 'tags' ? ['redis'] : [])], { cwd });
    expect(stderr).toMatch(new RegExp(`^pullpin: pullpin\\.toml:${line}: registry-map `));
    expect(exitCode).toBe(2);
  });
});

test('list without pins says what it looked at', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.nix'), '{ }\n');
  const { stdout, stderr, exitCode } = await runPullpin(['list'], { cwd });
  expect([stdout, exitCode]).toEqual(['', 0]);
  expect(stderr).toBe('pullpin: no pin was found; pullpin looked at 1 file\n');
});

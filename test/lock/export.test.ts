import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { NPINS_VERSION } from '../../src/lock/npins-format.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { image, index } from '../support/images.js';
import { createNix } from '../support/nix-build.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const of = (text: string, architecture = 'amd64') =>
  image({ config: JSON.stringify({ architecture, os: 'linux' }), layers: [{ bytes: Buffer.from(text) }] });
const WEB = index([
  { image: of('web amd'), platform: { os: 'linux', architecture: 'amd64' } },
  { image: of('web arm', 'arm64'), platform: { os: 'linux', architecture: 'arm64' } },
]);

let host: string;
let environment: Record<string, string>;
beforeAll(async () => {
  const registry = await startDockerRegistry({ tls: true });
  host = registry.host;
  environment = { SSL_CERT_FILE: registry.caFile ?? '' };
  await registry.push('web', '1.0', WEB);
  await registry.push('db', '7', of('db'));
});

function folderWith(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return {
    folder,
    read: (name: string): string => readFileSync(join(folder, name), 'utf8'),
    has: (name: string): boolean => existsSync(join(folder, name)),
    run: (...args: string[]) => runInProcess(['lock', ...args], testContext({ folder, environment })),
  };
}

const TWO = (): string => `[images.web]
image = "${host}/web:1.0"
systems = ["x86_64-linux", "aarch64-linux"]

[images.db]
image = "${host}/db:7"
freeze = true
`;

/** What npins' own Nix code does with a Container, for the versions of its format (libnpins/src/default.nix). */
const npinsOf = (sources: string, version: number): string => `
  let
    data = builtins.fromJSON (builtins.readFile ${sources});
    source = { image_name, image_tag, image_digest, hash, ... }@pin:
      dockerTools.pullImage ({
        imageName = image_name; imageDigest = image_digest; finalImageTag = image_tag; inherit hash;
      } // (if ${version} > 7 && pin.arch or null != null then { inherit (pin) arch; } else { }));
  in
  assert data.version == ${version};
  builtins.mapAttrs (name: pin: assert pin.type == "Container"; source pin) data.pins`;

test('the template npins writes the version that lock export writes', () => {
  const template = readFileSync(new URL('../../templates/npins.hbs', import.meta.url), 'utf8');
  expect(template).toContain(`"version": ${NPINS_VERSION}\n`);
});

describe('lock export --npins', () => {
  test('writes a sources.json that the Nix code of npins builds, for each system', { timeout: 120_000 }, async () => {
    const place = folderWith({ 'images.toml': TWO() });
    await place.run();
    const { exitCode, stdout, stderr } = await place.run('export', '--npins');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { pins, version } = JSON.parse(stdout);
    expect([version, Object.keys(pins)]).toEqual([8, ['db', 'web-aarch64-linux', 'web-x86_64-linux']]);
    expect(pins.db).toEqual({
      ...{ type: 'Container', image_name: `${host}/db`, image_tag: '7', arch: 'amd64', frozen: true },
      ...{ image_digest: of('db').root.digest, hash: expect.stringMatching(/^sha256-/) },
    });
    writeFileSync(join(place.folder, 'sources.json'), stdout);
    const nix = createNix();
    // The machine that builds does not matter: each pin names its architecture.
    for (const [name, system] of [
      ['db', 'aarch64-linux'],
      ['web-aarch64-linux', 'x86_64-linux'],
      ['web-x86_64-linux', 'x86_64-linux'],
    ]) {
      const built = await nix.build(`(${npinsOf(`${place.folder}/sources.json`, 8)}).${name}`, {
        env: environment,
        system: system ?? '',
      });
      expect(built).toEqual({ storePath: expect.any(String) });
    }
  });

  test('a lock that was exported and imported again is the same', async () => {
    const place = folderWith({ 'images.toml': TWO().replace(/systems = .*\n/, '') });
    await place.run();
    await place.run('export', '--npins', '-o', 'sources.json');
    const back = folderWith({ 'sources.json': place.read('sources.json') });
    expect(await back.run('import', 'sources.json')).toMatchObject({ exitCode: 0 });
    const systems = (text: string) =>
      Object.entries(JSON.parse(text).images).map(([name, each]) => {
        const { digest, systems } = each as Record<string, unknown>;
        return [name, digest, systems];
      });
    expect(systems(back.read('images.lock.json'))).toEqual(systems(place.read('images.lock.json')));
    expect(back.read('images.toml')).toContain('freeze = true');
  });

  test('-o keeps the other pins and the version of a sources.json, and replaces Containers by their names', {
    timeout: 60_000,
  }, async () => {
    const git = {
      type: 'Git',
      repository: { type: 'GitHub', owner: 'a', repo: 'b' },
      branch: 'main',
      revision: 'x',
      url: null,
      hash: 'y',
    };
    const old = { type: 'Container', image_name: 'x', image_tag: '1', image_digest: 'y', hash: 'z' };
    const pins = { zfs: git, db: old, kept: old };
    const place = folderWith({ 'images.toml': TWO(), 'npins/sources.json': JSON.stringify({ pins, version: 7 }) });
    await place.run();
    const { exitCode, stdout, stderr } = await place.run('export', '--npins', '-o', 'npins/sources.json');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      "pullpin: web: version 7 of npins' format has no place for the arch arm64: run npins upgrade first",
    );
    expect(stderr).toContain('2 pins written into npins/sources.json');
    const written = JSON.parse(place.read('npins/sources.json'));
    expect([written.version, Object.keys(written.pins)]).toEqual([7, ['db', 'kept', 'web-x86_64-linux', 'zfs']]);
    expect(written.pins).toMatchObject({ zfs: git, kept: old, db: { image_name: `${host}/db` } });
    expect(written.pins.db.arch).toBeUndefined();
    writeFileSync(join(place.folder, 'own.json'), JSON.stringify({ ...written, pins: { db: written.pins.db } }));
    const built = await createNix().build(`(${npinsOf(`${place.folder}/own.json`, 7)}).db`, {
      env: environment,
      system: 'x86_64-linux',
    });
    expect(built).toEqual({ storePath: expect.any(String) });
  });

  test('chosen names alone', async () => {
    const place = folderWith({ 'images.toml': TWO() });
    await place.run();
    const { stdout } = await place.run('export', '--npins', 'db');
    expect(Object.keys(JSON.parse(stdout).pins)).toEqual(['db']);
    expect(await place.run('export', '--npins', 'bd')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean db?'),
    });
  });

  test.each([
    ['target = "nar"', 'no place for images of nix2container'],
    ['final-name = "mine"', 'no place for final-name'],
    ['final-tag = "mine"', 'no place for final-tag'],
  ])('an image with %s is reported', async (line, message) => {
    const place = folderWith({ 'images.toml': `[images.db]\nimage = "${host}/db:7"\n${line}\n` });
    await place.run();
    const { exitCode, stdout, stderr } = await place.run('export', '--npins');
    expect([exitCode, JSON.parse(stdout).pins]).toEqual([1, {}]);
    expect(stderr).toContain(`pullpin: db: npins has ${message}`);
    expect((await place.run('export', '--npins', '-o', 'x.json')).exitCode).toBe(1);
    expect(place.has('x.json')).toBe(false);
  });

  test('what is not locked, a pin that is not an image, and names that meet are reported', async () => {
    const more = `[images.web-x86_64-linux]\nimage = "${host}/db:7"\n`;
    const sources = JSON.stringify({ pins: { db: { type: 'Git' } }, version: 8 });
    const place = folderWith({ 'images.toml': TWO() + more, 's.json': sources });
    expect(await place.run('export', '--npins')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('db: it is not locked yet: run pullpin lock first'),
    });
    await place.run();
    const { exitCode, stderr } = await place.run('export', '--npins', '-o', 's.json');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('web: web-x86_64-linux is the name of another image, too');
    expect(stderr).toContain('db: the pin db that is there is not an image');
    expect(JSON.parse(place.read('s.json')).pins).toMatchObject({
      db: { type: 'Git' },
      'web-aarch64-linux': { arch: 'arm64' },
    });
  });

  test.each([
    ['{ "pins": {}, "version": 9 }', "has version 9 of npins' format"],
    ['{ "pins": {}, "version": 3 }', 'run npins upgrade'],
    ['{ "a": 1 }', 'is not a sources.json of npins'],
    ['<<<<<<<', 'is not a sources.json of npins'],
  ])('the file %s stays as it is', async (text, message) => {
    const place = folderWith({ 'images.toml': `[images.db]\nimage = "${host}/db:7"\n`, 's.json': text });
    await place.run();
    const { exitCode, stderr } = await place.run('export', '--npins', '-o', 's.json');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(place.read('s.json')).toBe(text);
  });

  test.each([
    [['export'], 'lock export writes for npins only: write pullpin lock export --npins'],
    [['show', '--npins'], '--npins is for lock export'],
    [['-o', 'x'], '--output is for lock export'],
    [['import'], 'lock import takes files of other tools: pullpin lock import npins/sources.json'],
    [['import', 'x', '--rule', '^1'], '--rule is for lock add'],
    [['import', 'x', '--update'], '--update does not go together with lock import'],
    [['exprot', '--npins'], "lock has no action 'exprot'; did you mean lock export?"],
    [['migrate', 'npins/sources.json'], 'did you mean lock import?'],
  ])('%j makes no sense', async (words, message) => {
    const place = folderWith({ 'images.toml': TWO() });
    const { exitCode, stdout, stderr } = await place.run(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`pullpin: `);
    expect(stderr).toContain(message);
  });
});

test('the shells offer files for import, and names for export', async () => {
  const { folder } = folderWith({ 'images.toml': TWO() });
  const offered = async (...words: string[]) =>
    (await runInProcess(['__complete', 'bash', 'lock', ...words], testContext({ folder }))).stdout.match(/^[^\t\n]+/gm);
  expect(await offered('im')).toEqual(['import']);
  expect(await offered('import', 'we')).toEqual([':file']);
  expect(await offered('export', '--npins', 'w')).toEqual(['web']);
  expect(await offered('export', '--np')).toEqual(['--npins']);
});

test('-o into no folder, a folder, a pipe or a device says what is wrong, and claims no pins', async () => {
  const { run, folder } = folderWith({});
  await run('add', 'db', `${host}/db:7`);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const refusals: readonly (readonly [string, string])[] = [
    ['no/such.json', '--output no/such.json: there is no such folder to write it into; make the folder first'],
    ['.', '--output .: cannot be written: it is a folder'],
    ['pipe', 'pipe is no file, and no sources.json can be in it: without --output, the pins go to stdout'],
    ['/dev/null', '/dev/null is no file, and no sources.json can be in it: without --output, the pins go to stdout'],
  ];
  for (const [name, message] of refusals) {
    const { exitCode, stderr } = await run('export', '--npins', '-o', name);
    expect([exitCode, stderr]).toEqual([1, `pullpin: ${message}\n`]);
  }
});

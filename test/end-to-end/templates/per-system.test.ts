import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startDockerRegistry } from '../../support/docker-registry.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { fixtureImage, fixtureImages } from '../../support/fixture-images.js';
import { image, index } from '../../support/images.js';
import { createNix } from '../../support/nix-build.js';
import { runPullpin } from '../../support/run-pullpin.js';
import { pushLayout } from '../../support/skopeo.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startDockerRegistry();
const HELLO = `${registry.host}/fixtures/hello:1.0`;
const ARM = `${registry.host}/fixtures/arm-variants:1.0`;
await pushLayout(fixtureImage('hello'), HELLO);
await pushLayout(fixtureImage('arm-variants'), ARM);

const perSystem = (...args: string[]) => runPullpin(['pin', '--template', 'per-system', ...args]);
const BOTH = ['--system', 'x86_64-linux', '--system', 'aarch64-linux'];

describe.concurrent('the template per-system', () => {
  test('gives each system its own image, and names the systems that there are to another one', async () => {
    const { stdout, exitCode } = await perSystem(...BOTH, HELLO);
    expect(exitCode).toBe(0);
    const builds = ['x86_64-linux', 'aarch64-linux'].map((system) => createNix().build(stdout, { system }));
    const paths = (await Promise.all(builds)).map((built) => ('storePath' in built ? built.storePath : built.refused));
    for (const path of paths) expect(path).toMatch(/-docker-image-127\.0\.0\.1-\d+-fixtures-hello-1\.0\.tar$/);
    expect(paths[0]).not.toBe(paths[1]);
    const other = await createNix().build(stdout, { system: 'riscv64-linux' });
    expect(other).toMatchObject({
      refused: expect.stringContaining('hello is pinned for aarch64-linux x86_64-linux, not for riscv64-linux'),
    });
  });

  test.for([
    ['--function', 'pkgs.dockerTools.pullImage'],
    ['--hash-attr', 'outputHash', '--hash-format', 'nix32'],
    ['--hash-attr', 'hash'],
    ['--final-name', 'greeter', '--final-tag', '7.10'],
  ])('with %j', async (options) => {
    const { stdout } = await perSystem(...BOTH, ...options, HELLO);
    expect(await createNix().build(stdout, { system: 'aarch64-linux' })).toHaveProperty('storePath');
  });

  test('takes all systems of an image, the arm variants too, without its attestations', async () => {
    const { stdout, stderr } = await perSystem('--platform', 'all', ARM);
    const systems = await createNix().evaluate(systemsOf(stdout));
    expect(systems).toEqual(['aarch64-linux', 'armv6l-linux', 'armv7l-linux', 'x86_64-linux']);
    expect(stderr).toContain('no Nix system is left for linux/arm/v8');
    for (const system of ['armv6l-linux', 'armv7l-linux', 'aarch64-linux'])
      expect(await createNix().build(stdout, { system }), system).toHaveProperty('storePath');
  });

  test('bump --systems all adds the systems that the image has, and Nix builds them', async () => {
    const file = join(temporaryFolder(), 'hello.nix');
    writeFileSync(
      file,
      `{ dockerTools, stdenv, ... }:\n${(await perSystem('--system', 'x86_64-linux', HELLO)).stdout}`,
    );
    const check = await runPullpin(['bump', '--check', '--systems', 'all', file]);
    expect(check).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('+aarch64-linux') });
    const { exitCode, stdout } = await runPullpin(['bump', '--systems', 'all', file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('+aarch64-linux') });
    const call = `import ${file} { inherit dockerTools stdenv; }`;
    for (const system of ['x86_64-linux', 'aarch64-linux'])
      expect(await createNix().build(call, { system }), system).toHaveProperty('storePath');
    expect((await runPullpin(['bump', '--check', '--systems', 'all', file])).exitCode).toBe(0);
  });

  test('has the names of the systems that were asked for', async () => {
    const { stdout } = await perSystem('--system', 'aarch64-darwin', '--system', 'aarch64-linux', HELLO);
    expect(await createNix().evaluate(systemsOf(stdout))).toEqual(['aarch64-darwin', 'aarch64-linux']);
  });

  test.for([
    [['--platform', 'windows/amd64'], 'Nix has no system that runs images of windows/amd64'],
    [['--platform', 'linux/amd64,linux/amd64/v3'], 'both run on x86_64-linux: name one of them'],
    [['--platform', 'linux/amd64', '--system', 'x86_64-linux'], 'there are two pins for x86_64-linux'],
  ] as const)('refuses %j before anything is asked', async ([options, message]) => {
    const run = await perSystem(...options, 'registry.invalid/x:1');
    expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
  });

  test('gives no system an image that does not run on it', async () => {
    const { hello } = fixtureImages();
    const [amd64] = hello?.manifests ?? [];
    const run = await perSystem(...BOTH, `${HELLO}@${amd64?.digest}`);
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no image for linux/arm64') });
    expect(await createNix().evaluate(systemsOf(run.stdout))).toEqual(['x86_64-linux']);
  });
});

/** The names in the table of systems. */
function systemsOf(text: string): string {
  return `let dockerTools.pullImage = x: x; stdenv.hostPlatform.system = "x"; in builtins.attrNames (${text.replace(/\n {2}image =[\s\S]*$/, '\nin systems')})`;
}

describe.concurrent('the platforms of one image', () => {
  const layer = (text: string) => ({ bytes: Buffer.from(text.repeat(100_000)) });
  const content = (architecture: string) =>
    image({ config: JSON.stringify({ architecture, os: 'linux' }), layers: [layer('shared'), layer(architecture)] });
  const platforms = ['amd64', 'arm64', 's390x'].map((architecture) => ({
    image: content(architecture),
    platform: { os: 'linux', architecture },
  }));

  test.for([
    ['without a cache', ['--no-cache']],
    ['with a cache', []],
  ] as const)('cost one look-up of the index, and one download of a layer that they share, %s', async ([, options]) => {
    const server = await startRegistry({ images: { 'app:1': index(platforms) } });
    const run = await runPullpin(['pin', '--json', '--platform', 'all', ...options, `${server.host}/app:1`]);
    expect(run.exitCode).toBe(0);
    const { pins } = JSON.parse(run.stdout);
    expect(pins.map(({ system }: { system: string }) => system)).toEqual([
      'x86_64-linux',
      'aarch64-linux',
      's390x-linux',
    ]);
    expect(server.questions.filter((question) => question.endsWith('manifests/1'))).toHaveLength(1);
    // The index by its tag, and once by its digest, as Nix asks for it; and each of the three images.
    expect(server.questions.filter((question) => question.includes('manifests/'))).toHaveLength(5);
    const [shared, own] = platforms[0]?.image.manifests.map((each) => JSON.parse(String(each.bytes)).layers)[0] ?? [];
    const reads = (digest: string) =>
      server.questions.filter((each) => each.startsWith('GET blobs/') && each.includes(digest));
    expect(reads(shared.digest)).toHaveLength(1);
    expect(reads(own.digest)).toHaveLength(1);

    const alone = await runPullpin(['pin', '--json', '--platform', 'linux/arm64', `${server.host}/app:1`]);
    expect(JSON.parse(alone.stdout).pins[0].hash).toBe(pins[1].hash);
  });

  test('a damaged shared layer is an error for each of them, and no hash', async () => {
    const server = await startRegistry({ images: { 'app:1': index(platforms) } });
    const [shared] = JSON.parse(String(platforms[0]?.image.manifests[0]?.bytes)).layers;
    server.remove(shared.digest);
    const run = await runPullpin(['pin', '--json', '--platform', 'all', `${server.host}/app:1`]);
    expect(JSON.parse(run.stdout)).toMatchObject({ pins: [], problems: [{}, {}, {}] });
    expect(run.exitCode).not.toBe(0);
  });
});

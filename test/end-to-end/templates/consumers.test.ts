import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { TEMPLATE_NAMES } from '../../../src/nix/render/built-in/template-table.js';
import { startDockerRegistry } from '../../support/docker-registry.js';
import { fixtureImage, fixtureImages } from '../../support/fixture-images.js';
import { createNix, type NixBuild } from '../../support/nix-build.js';
import { runPullpin } from '../../support/run-pullpin.js';
import { pushLayout } from '../../support/skopeo.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startDockerRegistry();
const NAME = `${registry.host}/fixtures/hello`;
await pushLayout(fixtureImage('hello'), `${NAME}:1.0`);
await pushLayout(fixtureImage('zstd'), `${registry.host}/fixtures/zstd:2.0`);

/** What the templates for YAML write. */
interface Yaml {
  readonly services?: Readonly<Record<string, { readonly image: string }>>;
  readonly containers?: readonly { readonly name: string; readonly image: string }[];
}

const SYSTEMS = ['x86_64-linux', 'aarch64-linux'];
const BOTH = SYSTEMS.flatMap((system) => ['--system', system]);
const OCI_CONTAINERS = fileURLToPath(new URL('oci-containers.nix', import.meta.url));
const LIB = fileURLToPath(new URL('../coherence/lib.nix', import.meta.url));
const JUDGE = fileURLToPath(new URL('../../support/pull-image.nix', import.meta.url));

async function text(template: string, ...options: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runPullpin(['pin', '-t', template, ...options, `${NAME}:1.0`]);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

const isHello = (built: NixBuild): void =>
  expect(built).toEqual({
    storePath: expect.stringMatching(/-docker-image-127\.0\.0\.1-\d+-fixtures-hello-1\.0\.tar$/),
  });

/** The names of the images in an archive. */
async function namesIn(built: NixBuild): Promise<string[]> {
  if ('refused' in built) throw new Error(built.refused);
  const { stdout } = await execa('tar', ['-xOf', built.storePath, 'manifest.json']);
  return JSON.parse(stdout)[0].RepoTags;
}

describe.concurrent('nix-build builds what a template writes, for the one system or for both', () => {
  const cases = [[], BOTH].flatMap((options) =>
    SYSTEMS.slice(0, options.length === 0 ? 1 : 2).map((system) => [options, system] as const),
  );

  test.for(cases)('images: %j on %s', async ([options, system]) => {
    isHello(await createNix().build(`((${await text('images', ...options)}) { inherit pkgs; }).hello`, { system }));
  });

  test.for(cases)('overlay: %j on %s', async ([options, system]) => {
    const overlay = await text('overlay', ...options);
    const earlier = '{ containerImages.other = 1; }';
    const final = `let final = pkgs // ${earlier} // (${overlay}) final ${earlier}; in final.containerImages`;
    isHello(await createNix().build(`(${final}).hello`, { system }));
    const names = `let pkgs = { }; in builtins.attrNames (${final})`;
    expect(await createNix().evaluate(names)).toEqual(['hello', 'other']);
  });

  test.for(cases)('oci-containers: %j on %s', async ([options, system]) => {
    const module = await text('oci-containers', ...options);
    const containers = `import ${OCI_CONTAINERS} (${module}) pkgs`;
    const built = await createNix().build(`(${containers}).hello.imageFile`, { system });
    isHello(built);
    const pkgs = `let pkgs = import ${JUDGE} { system = "${system}"; }; in`;
    const { image, pull } = (await createNix().evaluate(
      `${pkgs} { inherit ((${containers}).hello) image pull; }`,
    )) as Record<string, string>;
    expect(pull).toBe('never');
    expect(await namesIn(built)).toEqual([image]);
  });

  test('oci-containers: a name that skopeo writes in full', async () => {
    const module = await text('oci-containers', '--final-name', 'hello', '--final-tag', '2');
    const containers = `import ${OCI_CONTAINERS} (${module}) pkgs`;
    const built = await createNix().build(`(${containers}).hello.imageFile`);
    expect(await namesIn(built)).toEqual(['docker.io/library/hello:2']);
    expect(module).toContain('image = "docker.io/library/hello:2";');
  });

  test.for(SYSTEMS)('flake: on %s, and it loads what it builds', async (system) => {
    const folder = temporaryFolder();
    const nixpkgs = temporaryFolder();
    writeFileSync(join(folder, 'flake.nix'), await text('flake', ...BOTH));
    writeFileSync(
      join(nixpkgs, 'flake.nix'),
      `{ outputs = _: {
        legacyPackages = (import ${LIB}).genAttrs [ "x86_64-linux" "aarch64-linux" ] (system: import ${JUDGE} { inherit system; });
      }; }`,
    );
    const nix = createNix();
    const built = await nix.buildFlake(folder, nixpkgs, `packages.${system}.hello`);
    isHello(built);
    const printed = await nix.runFlake(folder, nixpkgs, `apps.${system}.hello`, { DOCKER: 'echo' });
    expect(printed).toBe(`load --input ${'storePath' in built ? built.storePath : ''}`);
  });

  test.for(SYSTEMS)('json: %s', async (system) => {
    const json = await text('json', '--system', system);
    isHello(await createNix().build(`dockerTools.pullImage (builtins.fromJSON ''${json}'')`));
    const outputHash = await text('json', '--hash-attr', 'outputHash', '--hash-format', 'hex');
    isHello(await createNix().build(`dockerTools.pullImage (builtins.fromJSON ''${outputHash}'')`));
  });

  test('nix2container-manifest', async () => {
    const file = join(temporaryFolder(), 'manifest.json');
    writeFileSync(file, await text('nix2container-manifest', '--system', 'aarch64-linux'));
    const { manifests } = fixtureImages()['hello'] ?? expect.unreachable();
    const manifest = JSON.parse(String(manifests[1]?.bytes));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(manifest);
    const blobs = `nix2container.pullImageFromManifest {
      imageName = "fixtures/hello"; imageTag = "1.0"; registryUrl = "${registry.host}"; tlsVerify = false; imageManifest = ${file};
    }`;
    for (const [at, { digest }] of [...manifest.layers, manifest.config].entries())
      expect(await createNix().build(`builtins.elemAt (${blobs}) ${at}`)).toEqual({
        storePath: expect.stringMatching(new RegExp(`-${digest.slice(7)}$`)),
      });
  });
});

test.for(SYSTEMS)('npins builds what the template writes: %s', async (system) => {
  const secure = await startDockerRegistry({ tls: true });
  const { hello } = fixtureImages();
  await secure.push('fixtures/hello', '1.0', hello ?? expect.unreachable());
  const env = { SSL_CERT_FILE: secure.caFile ?? '' };
  const args = ['pin', '-t', 'npins', '--system', system, `${secure.host}/fixtures/hello:1.0`];
  const { stdout } = await runPullpin(args, { env });
  // mkContainerSource of npins 0.4 (libnpins/src/default.nix).
  const source = `dockerTools.pullImage ({
    imageName = pin.image_name; imageDigest = pin.image_digest; finalImageTag = pin.image_tag; inherit (pin) hash;
  } // (if pin.arch or null != null then { inherit (pin) arch; } else { }))`;
  const sources = `let sources = builtins.fromJSON ''${stdout}''; pin = sources.pins.hello; in assert sources.version == 8; ${source}`;
  isHello(await createNix().build(sources, { env, system: 'x86_64-linux' }));
});

test.for([
  [['--final-name', 'x'], 'no place for a --final-name'],
  [['--final-tag', 'x'], 'no place for a --final-tag'],
  [[], 'no place for tlsVerify = false'],
] as const)('npins has no place for %j', async ([options, message]) => {
  const run = await runPullpin(['pin', '-t', 'npins', ...options, `${NAME}:1.0`]);
  expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
});

test.for(['npins', 'compose', 'kubernetes'])('%s has room for one platform of each image', async (template) => {
  const run = await runPullpin(['pin', '-t', template, ...BOTH, 'registry.invalid/x:1']);
  expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('room for one platform') });
});

test.for(['images', 'overlay', 'flake', 'oci-containers', 'compose'])(
  '%s writes several images, each by its name',
  async (template) => {
    const others = [`${NAME}:1.0@${fixtureImages()['hello']?.root.digest}`, `${registry.host}/fixtures/zstd:2.0`];
    const { stdout, exitCode } = await runPullpin(['pin', '-t', template, `${NAME}:1.0`, ...others]);
    expect(exitCode).toBe(0);
    for (const name of ['hello-1-0', 'zstd'])
      expect(stdout).toMatch(new RegExp(`^ *(x86_64-linux\\.)?${name}(:| =)`, 'm'));
  },
);

test.for([
  ['compose', (file: Yaml) => file.services?.['hello']?.image],
  ['kubernetes', (file: Yaml) => file.containers?.find(({ name }) => name === 'hello')?.image],
] as const)('%s writes YAML with the image, and list and bump know it', async ([template, imageIn]) => {
  const { root } = fixtureImages()['hello'] ?? expect.unreachable();
  const folder = temporaryFolder();
  const file = join(folder, 'pins.yaml');
  const written = await text(template);
  writeFileSync(file, written);
  expect(imageIn(parseYaml(written))).toBe(`${NAME}:1.0@${root.digest}`);
  const { pins, problems } = JSON.parse((await runPullpin(['list', '--json', file])).stdout);
  expect({ pins, problems }).toMatchObject({ pins: [{ form: 'oci-string', follows: '1.0' }], problems: [] });
  const outdated = written.replace(root.digest, `sha256:${'a'.repeat(64)}`);
  writeFileSync(file, outdated);
  expect((await runPullpin(['bump', file])).exitCode).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(written);
});

test('each template is built, evaluated or read by its tool in a test', () => {
  const tests = ['nix-build', 'bump', 'templates/consumers', 'templates/per-system', 'templates/layered/images'];
  const words = tests.flatMap((name) =>
    Array.from(readFileSync(`test/end-to-end/${name}.test.ts`, 'utf8').matchAll(/'([a-z0-9-]+)'/g), ([, word]) => word),
  );
  expect(TEMPLATE_NAMES.filter((name) => !words.includes(name))).toEqual([]);
});

test.for([
  'pull-image',
  'attrs',
  'per-system',
  'images',
  'overlay',
  'flake',
  'oci-containers',
  'json',
  'nix2container',
])('list finds the pins of %s, and their tag', async (template) => {
  const folder = temporaryFolder();
  const file = join(folder, template === 'json' ? 'pin.json' : 'pin.nix');
  const isPerSystem = ['per-system', 'images', 'overlay', 'flake', 'oci-containers'].includes(template);
  writeFileSync(file, await text(template, ...(isPerSystem ? BOTH : [])));
  const { pins, problems } = JSON.parse((await runPullpin(['list', '--json', file])).stdout);
  expect(problems).toEqual([]);
  expect(pins).toHaveLength(isPerSystem ? 2 : 1);
  for (const [at, pin] of pins.entries())
    expect(pin).toMatchObject({ state: 'tracked', follows: '1.0', arch: at === 0 ? 'amd64' : 'arm64' });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.js';
import { type ImageContent, image, index } from '../support/images.js';
import { createNix } from '../support/nix-build.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startDockerRegistry();
const IMAGE = `${registry.host}/team/app`;
const folder = temporaryFolder();

/** An index of one version: every platform has a layer of its own. */
function release(version: string): ImageContent {
  const platforms = [
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm', variant: 'v6' },
    { os: 'linux', architecture: 'arm', variant: 'v7' },
    { os: 'linux', architecture: 'arm64', variant: 'v8' },
  ];
  return index(
    platforms.map((platform) => {
      const bytes = Buffer.from(`${version} for ${JSON.stringify(platform)}`);
      const labels = { 'org.opencontainers.image.version': version };
      const config = JSON.stringify({ ...platform, config: { Labels: labels } });
      return { platform, image: image({ config, layers: [{ bytes }] }) };
    }),
  );
}

async function pullpin(...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runPullpin(args, { cwd: folder });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

const block = (...args: string[]) => pullpin('pin', `${IMAGE}:1`, ...args);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** nix-build of one attribute of the file as it lies on the disk. */
function build(attribute: string, system = 'x86_64-linux') {
  const arguments_ = `{ inherit dockerTools nix2container; system = "${system}"; }`;
  return createNix().build(`(import ${join(folder, 'images.nix')} ${arguments_}).${attribute}`, { system });
}

/** A repository that pins version 1 in all ways that Nix can build. */
async function writePins(): Promise<void> {
  const json = JSON.parse(await pullpin('pin', `${IMAGE}:1`, '--json')).pins[0];
  const arm64 = JSON.parse(await pullpin('pin', `${IMAGE}:1`, '--json', '--system', 'aarch64-linux')).pins[0];
  const { imageName, imageDigest, hash, sha256, finalImageName, finalImageTag } = json;
  writeFileSync(join(folder, 'values.nix'), await block('--template', 'attrs'));
  writeFileSync(
    join(folder, 'app.json'),
    JSON.stringify({ imageName, imageDigest, hash, finalImageName, finalImageTag }, null, 2),
  );
  const container = { type: 'Container', image_name: imageName, image_tag: '1', image_digest: imageDigest, hash };
  writeFileSync(join(folder, 'sources.json'), JSON.stringify({ pins: { app: container }, version: 6 }, null, 2));
  writeFileSync(
    join(folder, 'images.nix'),
    `{ dockerTools, nix2container, system }:
let
  npins = (builtins.fromJSON (builtins.readFile ./sources.json)).pins;
in
{
  call = ${await block()};
  armv6 = ${await block('--platform', 'linux/arm/v6')};
  platform = ${await block('--digest', 'platform', '--system', 'aarch64-linux')};
  folder = ${await block('--template', 'nix2container')};
  imported = dockerTools.pullImage (import ./values.nix);
  json = dockerTools.pullImage (builtins.fromJSON (builtins.readFile ./app.json) // { tlsVerify = false; });
  npins = dockerTools.pullImage {
    imageName = npins.app.image_name;
    imageDigest = npins.app.image_digest;
    finalImageTag = npins.app.image_tag;
    inherit (npins.app) hash;
    tlsVerify = false;
  };
  # Both machines pull the same index.
  table = dockerTools.pullImage {
    imageName = "${imageName}";
    imageDigest = "${imageDigest}"; # 1.0.0
    sha256 = {
      x86_64-linux = "${sha256}";
      aarch64-linux = "${arm64.sha256}";
    }.\${system};
    finalImageTag = "1";
    tlsVerify = false;
  };
  quadlet = "${IMAGE}:1@${imageDigest}";
}
`,
  );
}

const OLD = release('1.0.0');
const NEW = release('1.0.1');
const digests = (content: ImageContent) => content.manifests.map(({ digest }) => digest);
let before: string;

beforeAll(async () => {
  await registry.push('team/app', '1', OLD);
  await writePins();
  before = read('images.nix');
  await registry.push('team/app', '1', NEW);
  await pullpin('bump', '.');
}, 120_000);

describe.concurrent('after a bump, nix-build takes', () => {
  test.for([
    ['a call', 'call', 'x86_64-linux'],
    ['a variant that is pinned by its own digest', 'armv6', 'x86_64-linux'],
    ['a pin of one platform', 'platform', 'x86_64-linux'],
    ["nix2container's folder", 'folder', 'x86_64-linux'],
    ['values in a file of their own', 'imported', 'x86_64-linux'],
    ['the JSON of nix-prefetch-docker', 'json', 'x86_64-linux'],
    ["npins' sources.json", 'npins', 'x86_64-linux'],
    ['the first system of a table', 'table', 'x86_64-linux'],
    ['the other system of a table', 'table', 'aarch64-linux'],
  ] as const)('%s', async ([, attribute, system]) => {
    expect(await build(attribute, system)).toHaveProperty('storePath');
  });
});

test('no digest of the old version is left, and each pin stays on its kind of digest', () => {
  const text = ['images.nix', 'values.nix', 'app.json', 'sources.json'].map(read).join('');
  expect(digests(OLD).filter((digest) => text.includes(digest))).toEqual([]);
  const [, armv6, , arm64, root] = digests(NEW);
  const attribute = (name: string): string => new RegExp(`  ${name} = [^}]*}`).exec(text)?.[0] ?? '';
  expect(attribute('call')).toContain(root);
  expect(attribute('armv6')).toContain(armv6);
  expect(attribute('platform')).toContain(arm64);
  expect(text).toContain(`quadlet = "${IMAGE}:1@${root}"`);
});

test('only values have changed, and with them the version in a comment', () => {
  const plain = (text: string): string =>
    text.replaceAll(/sha256:[0-9a-f]{64}|sha256-[\w+/]{43}=|"[0-9a-z]{52}"/g, 'VALUE').replace('# 1.0.0', '# 1.0.1');
  expect(plain(read('images.nix'))).toBe(plain(before));
  expect(read('images.nix')).toContain('# 1.0.1');
});

test('a second bump finds nothing to do', async () => {
  const after = read('images.nix');
  expect(await runPullpin(['bump', '--check', '.'], { cwd: folder })).toMatchObject({ exitCode: 0, stdout: '' });
  await pullpin('bump', '.');
  expect(read('images.nix')).toBe(after);
});

test('nix-build refuses the old hash beside the new digest, which --hashes fixes', async () => {
  const [, oldHash = ''] = /table = [^}]*x86_64-linux = "([0-9a-z]{52})"/.exec(before) ?? [];
  const good = read('images.nix');
  writeFileSync(
    join(folder, 'images.nix'),
    good.replace(/(table = [^}]*x86_64-linux = ")[0-9a-z]{52}/, `$1${oldHash}`),
  );
  expect(read('images.nix')).not.toBe(good);
  expect(await build('table')).toEqual({ refused: expect.stringContaining('hash mismatch') });
  await pullpin('bump', '--hashes', '.');
  expect(read('images.nix')).toBe(good);
});

import { describe, expect, test } from 'vitest';
import { startDockerRegistry } from '../../../support/docker-registry.js';
import { type ImageContent, image, index } from '../../../support/images.js';
import { buildLayered, layered } from '../../../support/layered.js';
import { createNix } from '../../../support/nix-build.js';
import { createRandom } from '../../../support/random.js';
import { startTinyproxy } from '../../../support/tinyproxy.js';

const registry = await startDockerRegistry();
const random = createRandom(1);
const [base, upper, other, forArm] = [0, 1, 2, 3].map(() => ({ bytes: random.bytes(2000) }));

function imageOf(architecture: string, ...layers: readonly ({ bytes: Uint8Array } | undefined)[]): ImageContent {
  const config = JSON.stringify({ architecture, os: 'linux', config: { Cmd: ['/hello'] } });
  return image({ config, layers: layers.flatMap((layer) => layer ?? []) });
}

const amd64 = imageOf('amd64', base, upper);
const arm64 = imageOf('arm64', base, forArm);
const first = index([
  { image: amd64, platform: { os: 'linux', architecture: 'amd64' } },
  { image: arm64, platform: { os: 'linux', architecture: 'arm64' } },
]);
await registry.push('first', '1', first);
await registry.push('second', '2', imageOf('riscv64', base, other));
const [FIRST, SECOND] = [`${registry.host}/first:1`, `${registry.host}/second:2`];

const BUILT = { storePath: expect.stringContaining('-docker-image-') };

/** The blobs that were asked for over a proxy, which the builds must take. */
async function withProxy(build: (env: Readonly<Record<string, string>>) => Promise<void>): Promise<string[]> {
  const proxy = await startTinyproxy();
  await build({ http_proxy: `http://${proxy.host}` });
  const blobs = proxy.requests().flatMap((line) => /\/blobs\/(\S+)/.exec(line)?.[1] ?? []);
  await proxy.close();
  return blobs;
}

describe.concurrent('layers share the store', () => {
  test('two images download their base once', async () => {
    const nix = createNix();
    const files = [await layered(FIRST), await layered(SECOND)];
    const blobs = await withProxy(async (env) => {
      for (const file of files) expect(await buildLayered(file, env, { nix })).toEqual(BUILT);
    });
    // Three layers and two configs.
    expect(blobs).toHaveLength(5);
    expect(new Set(blobs).size).toBe(5);
  });

  test('two systems of an image download what they share once, and each is its own image', async () => {
    const nix = createNix();
    const systems = ['--system', 'x86_64-linux', '--system', 'aarch64-linux'];
    const file = await layered(FIRST, ...systems);
    const hashes = [...file.matchAll(/sha256 = "(sha256-[^"]+)"/g)].map(([, hash]) => hash);
    expect(new Set(hashes).size).toBe(2);
    const blobs = await withProxy(async (env) => {
      const paths = await Promise.all(
        ['x86_64-linux', 'aarch64-linux'].map((system) => buildLayered(file, env, { nix, system })),
      );
      expect(paths).toEqual([BUILT, BUILT]);
      expect(paths[0]).not.toEqual(paths[1]);
      expect(await buildLayered(file, env, { nix, system: 'riscv64-linux' })).toEqual({
        refused: expect.stringContaining(`${registry.host}/first is not pinned for this system`),
      });
    });
    expect(blobs).toHaveLength(5);
  });

  test.for([
    ['a layer of the other platform', (file: string) => file.replace(digestAt(amd64, 1), digestAt(arm64, 1))],
    [
      'the layers in another order',
      (file: string) => file.replace(/("sha256:\w+")(\s+)("sha256:\w+")\s+\];/, '$3$2$1];'),
    ],
    ['a layer less', (file: string) => file.replace(/"sha256:\w+"\s+\];/, '];')],
    ['another hash', (file: string) => file.replace(/(sha256-.{9})(.)/, (_, a, b) => a + (b === '1' ? '2' : '1'))],
    ['another tag in the archive', (file: string) => file.replace('finalImageTag = "1"', 'finalImageTag = "2"')],
  ] as const)('%s does not build', async ([, change]) => {
    const file = await layered(FIRST);
    expect(change(file)).not.toBe(file);
    expect(await buildLayered(change(file))).toEqual({ refused: expect.stringContaining('hash mismatch') });
  });
});

function digestAt(content: ImageContent, layer: number): string {
  const { layers } = JSON.parse(Buffer.from(content.root.bytes).toString()) as { layers: { digest: string }[] };
  return layers[layer]?.digest ?? '';
}

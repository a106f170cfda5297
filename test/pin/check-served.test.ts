import { expect, test, vi } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { Cache } from '../../src/cache/cache.js';
import { parseReference } from '../../src/oci/reference.js';
import { pinImage } from '../../src/pin/pin.js';
import { SharedImage } from '../../src/pin/shared-image.js';
import { connectRegistries } from '../../src/registry/connect.js';
import { startRegistry } from '../support/faulty-registry.js';
import { type ImageContent, image, index } from '../support/images.js';
import { testContext } from '../support/run-in-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const registries = await connectRegistries(testContext());
const IMAGE = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('a layer') }] });
const INDEX = index([{ image: IMAGE, platform: { os: 'linux', architecture: 'amd64' } }]);
const pin = (name: string, cache?: Cache, digest?: 'index' | 'platform') =>
  pinImage(`${registry.host}/${name}`, { registries, cache, digest, temporaryFolder: temporaryFolder() });

/** A registry that serves a tag, and nothing under its digest. */
async function withoutDigest(content: ImageContent, act: () => Promise<void>): Promise<void> {
  registry.fail({ on: content.root.digest, status: 404, body: '' });
  try {
    await act();
  } finally {
    registry.heal();
  }
}

test.each([
  ['an image', 'plain:1', IMAGE],
  ['an index', 'index:1', INDEX],
] as const)('%s that is served by its tag only cannot be pinned, remembered or not', async (_, name, content) => {
  registry.add(name, content);
  const cache = new Cache(temporaryFolder());
  await pin(name, cache);
  await withoutDigest(content, async () => {
    for (const known of [undefined, cache])
      await expect(pin(name, known)).rejects.toMatchObject({
        kind: 'not-found',
        message: expect.stringMatching(
          /serves the tag, and nothing under the digest sha256:[0-9a-f]{64} that it leads to, by which Nix asks/,
        ),
      });
  });
});

test('an index whose image is lost cannot be pinned, nor can a bump write it, although both are remembered', async () => {
  registry.add('childless:1', INDEX);
  const cache = new Cache(temporaryFolder());
  await pin('childless:1', cache);
  const text = `{ dockerTools }: dockerTools.pullImage { imageName = "${registry.host}/childless"; imageDigest = ""; hash = ""; finalImageTag = "1"; arch = "amd64"; }`;
  await withoutDigest(IMAGE, async () => {
    const refused = {
      kind: 'not-found',
      message: expect.stringMatching(/^the registry serves the index, and nothing/),
    };
    await expect(pin('childless:1', cache)).rejects.toMatchObject(refused);
    await expect(pin(`childless@${INDEX.root.digest}`, cache)).rejects.toMatchObject(refused);
    const plan = await planBump({ files: [{ path: 'a.nix', text }] }, { registries, cache });
    expect(plan).toMatchObject({ changes: [], problems: [{ code: 'not-found', severity: 'failure' }] });
  });
});

test('a digest that was fetched by itself is not asked for again, nor one that was named', async () => {
  registry.add('fetched:1', INDEX);
  const before = registry.questions.length;
  await pin('fetched:1', undefined, 'platform');
  await pin(`fetched@${IMAGE.root.digest}`);
  const heads = registry.questions.slice(before).filter((question) => question.startsWith('HEAD'));
  expect(heads).toEqual([]);
});

test('a failure of this look-up alone is no reason to refuse', async () => {
  registry.add('busy:1', IMAGE);
  registry.fail({ on: `HEAD /v2/busy/manifests/${IMAGE.root.digest}`, status: 403, body: '' });
  expect(await pin('busy:1')).toMatchObject({ imageDigest: IMAGE.root.digest });
  registry.heal();
});

test('a bump does not write a digest that is not served', async () => {
  registry.add('moved:1', INDEX);
  const old = `sha256:${'a'.repeat(64)}`;
  const text = `{ image = "${registry.host}/moved:1@${old}"; }`;
  const cache = new Cache(temporaryFolder());
  await pin('moved:1', cache);
  await withoutDigest(INDEX, async () => {
    const plan = await planBump({ files: [{ path: 'a.nix', text }] }, { registries, cache });
    expect(plan).toMatchObject({ changes: [], problems: [{ code: 'not-found', severity: 'failure' }] });
  });
});

test('the next run asks for what an image led to beside its tag, before anything is answered, and each once', async () => {
  registry.add('next:1', INDEX);
  const cache = new Cache(temporaryFolder());
  await pin('next:1', cache);
  const before = registry.questions.length;
  const asked = () => registry.questions.slice(before).sort();
  const expected = ['1', IMAGE.root.digest, INDEX.root.digest].map((each) => `HEAD manifests/${each}`).sort();
  let answer = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    answer = resolve;
  });
  registry.fail({ until });
  const pinned = pin('next:1', cache);
  await vi.waitFor(() => expect(asked()).toEqual(expected)).finally(answer);
  registry.heal();
  expect(await pinned).toMatchObject({ imageDigest: INDEX.root.digest });
  expect(asked()).toEqual(expected);
});

test('what an image led to counts only if it leads there again', async () => {
  const other = image({ config: '{}', layers: [{ bytes: Buffer.from('another layer') }] });
  registry.add('moves:1', INDEX);
  const cache = new Cache(temporaryFolder());
  await pin('moves:1', cache);
  registry.add('moves:1', other);
  for (const digest of [INDEX.root.digest, IMAGE.root.digest]) registry.remove(digest);
  expect(await pin('moves:1', cache)).toMatchObject({ imageDigest: other.root.digest });
  await withoutDigest(other, async () => {
    await expect(pin('moves:1', cache)).rejects.toThrow('serves the tag, and nothing under the digest');
  });
});

test.each([
  ['is busy', { status: 429, headers: { 'retry-after': '5' }, body: '' }],
  ['does not answer', { delay: Number.POSITIVE_INFINITY }],
  ['has nothing', { status: 404, body: '' }],
  ['fails', { status: 500, body: '' }],
])(
  'what an image led to is asked for after its tag, once, and waited for only if it is needed: the registry %s',
  async (state, fault) => {
    const other = image({ config: '{}', layers: [{ bytes: Buffer.from(state) }] });
    registry.add('unneeded:1', INDEX);
    const cache = new Cache(temporaryFolder());
    await pin('unneeded:1', cache);
    registry.add('unneeded:1', other);
    const old = [INDEX.root.digest, IMAGE.root.digest];
    registry.fail(...old.map((on) => ({ on, ...fault })));
    const before = registry.questions.length;
    // Of this one, nothing is known of the registry: the first question is waited for.
    const fresh = await connectRegistries(testContext());
    const start = Date.now();
    const settings = { registries: fresh, cache, temporaryFolder: temporaryFolder() };
    expect(await pinImage(`${registry.host}/unneeded:1`, settings)).toMatchObject({ imageDigest: other.root.digest });
    expect(Date.now() - start).toBeLessThan(4000);
    const asked = registry.questions.slice(before);
    expect(asked[0]).toBe('HEAD manifests/1');
    for (const digest of old)
      expect(asked.filter((each) => each.endsWith(digest))).toEqual([`HEAD manifests/${digest}`]);
    await fresh.close();
    registry.heal();
  },
);

test('what is not found by this one question is asked for as ever', async () => {
  registry.add('without-head:1', INDEX);
  const cache = new Cache(temporaryFolder());
  await pin('without-head:1', cache);
  registry.fail({ on: 'HEAD', status: 405, body: '' });
  expect(await pin('without-head:1', cache)).toMatchObject({ imageDigest: INDEX.root.digest });
  registry.heal();
});

test('of several platforms, an index that is served by its tag only cannot be pinned', async () => {
  registry.add('platforms:1', INDEX);
  await withoutDigest(INDEX, async () => {
    const source = registries.repository(parseReference(`${registry.host}/platforms:1`));
    const image = new SharedImage({ source }, { temporaryFolder: temporaryFolder() });
    const pinned = pinImage(`${registry.host}/platforms:1`, { from: image.opened, temporaryFolder: temporaryFolder() });
    await expect(pinned).rejects.toThrow('serves the tag, and nothing under the digest');
    await image.close();
  });
});

test.each(['{"digests":["sha256:0","no digest",7]}', '{"digests":7}', 'nonsense'])(
  'what the cache says of digests, %j, is asked for only if it is a digest',
  async (text) => {
    registry.add('odd:1', IMAGE);
    const cache = new Cache(temporaryFolder());
    await pin('odd:1', cache);
    cache.set('digests', `${registry.host}/odd 1 linux/amd64`, text);
    const before = registry.questions.length;
    await pin('odd:1', cache);
    expect(registry.questions.slice(before)).toEqual(['HEAD manifests/1', `HEAD manifests/${IMAGE.root.digest}`]);
  },
);

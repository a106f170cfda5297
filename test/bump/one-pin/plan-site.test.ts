import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BumpPlan } from '../../../src/bump/bump-plan.js';
import { type BumpSettings, planBump } from '../../../src/bump/plan.js';
import { Cache } from '../../../src/cache/cache.js';
import { pinImage } from '../../../src/pin/pin.js';
import { createRegistryClient } from '../../../src/registry/client.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { type ImageContent, image, index } from '../../support/images.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startRegistry();
const client = createRegistryClient();
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const ARM_V6 = { os: 'linux', architecture: 'arm', variant: 'v6' };
const ARM_V7 = { os: 'linux', architecture: 'arm', variant: 'v7' };

function release(version: string): ImageContent {
  const one = (platform: typeof AMD64) => ({
    platform,
    image: image({
      config: JSON.stringify(platform),
      layers: [{ bytes: Buffer.from(version + JSON.stringify(platform)) }],
    }),
  });
  return index([AMD64, ARM64, ARM_V6, ARM_V7].map(one));
}

const OLD = release('old');
const NEW = release('new');
const [, OLD_ARM64, OLD_V6] = OLD.manifests;
const [NEW_AMD64, NEW_ARM64, NEW_V6] = NEW.manifests;
registry.add('app:1', OLD);
registry.add('app:1', NEW);
registry.add('app:old', OLD);

function plan(text: string, settings: Partial<BumpSettings> = {}): Promise<BumpPlan> {
  const pinFiles = { files: [{ path: 'a.nix', text }] };
  return planBump(pinFiles, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
}

function call(digest: string | undefined, more = '', hash = ''): string {
  return `{ dockerTools }:
dockerTools.pullImage {
  imageName = "${registry.host}/app";
  imageDigest = "${digest}"; # kept
  hash = "${hash}";${more}
  finalImageTag = "1";
}
`;
}

const textAfter = ({ files }: BumpPlan): string => files[0]?.after ?? '';
const digestIn = (planned: BumpPlan) => /imageDigest = "([^"]*)"/.exec(textAfter(planned))?.[1];

async function hashOf(tag: string, platform: typeof AMD64, cache?: Cache): Promise<string> {
  const settings = { registries: client, platform, finalTag: '1', temporaryFolder: temporaryFolder(), cache };
  const { hash } = await pinImage(`${registry.host}/app:${tag}`, settings);
  return `sha256-${Buffer.from(hash?.slice(7) ?? '', 'hex').toString('base64')}`;
}

describe('--digest', () => {
  test.each([
    ['keep', OLD.root.digest, NEW.root.digest],
    ['keep', OLD_ARM64?.digest, NEW_ARM64?.digest],
    ['keep', OLD_V6?.digest, NEW_V6?.digest],
    ['index', OLD.root.digest, NEW.root.digest],
    ['index', OLD_ARM64?.digest, NEW.root.digest],
    ['platform', OLD.root.digest, NEW_AMD64?.digest],
    ['platform', OLD_ARM64?.digest, NEW_AMD64?.digest],
  ] as const)('%s: %s becomes %s', async (digest, from, to) => {
    expect(digestIn(await plan(call(from), { digest }))).toBe(to);
  });

  test('index hashes the image of the pinned platform, and reports that from now on the machine decides', async () => {
    const planned = await plan(call(OLD_ARM64?.digest), { digest: 'index' });
    expect(planned.changes).toMatchObject([{ to: { hash: await hashOf('1', ARM64) }, platformAssumed: ARM64 }]);
  });

  test('index is refused for a variant that pullImage could not choose', async () => {
    const planned = await plan(call(OLD_V6?.digest), { digest: 'index' });
    expect(planned).toMatchObject({ files: [], problems: [{ code: 'variant', severity: 'failure' }] });
  });

  test('platform uses the platform that the pin names, or the assumed one and reports it', async () => {
    const named = await plan(call(OLD.root.digest, ' arch = "arm64";'), { digest: 'platform' });
    expect(digestIn(named)).toBe(NEW_ARM64?.digest);
    expect(named.changes).toMatchObject([{ platformAssumed: undefined }]);
    const assumed = await plan(call(OLD.root.digest), { digest: 'platform', platform: ARM64 });
    expect(digestIn(assumed)).toBe(NEW_ARM64?.digest);
    expect(assumed.changes).toMatchObject([{ platformAssumed: ARM64 }]);
  });
});

describe('an index pin without arch', () => {
  test('is for the platform whose hash the cache has, and no platform is assumed', async () => {
    const cache = new Cache(temporaryFolder(), { uid: process.getuid?.() });
    const hash = await hashOf('old', ARM64, cache);
    const planned = await plan(call(OLD.root.digest, '', hash), { cache });
    expect(planned.changes).toMatchObject([{ to: { hash: await hashOf('1', ARM64) } }]);
    expect(planned.changes).toMatchObject([{ platformAssumed: undefined }]);
  });

  test('is for the assumed platform when it has no hash yet, or with --unproven one that no image has', async () => {
    for (const [hash, unproven] of [['', false] as const, [`sha256-${'B'.repeat(42)}A=`, true] as const]) {
      const planned = await plan(call(OLD.root.digest, '', hash), { unproven });
      expect(planned.changes).toMatchObject([{ to: { hash: await hashOf('1', AMD64) }, platformAssumed: AMD64 }]);
    }
  });

  test('gets os and arch with --add-arch, also when it is up to date; a second run changes nothing', async () => {
    const hash = await hashOf('1', ARM64);
    const planned = await plan(call(NEW.root.digest, '', hash), { addArch: true });
    expect(textAfter(planned)).toBe(
      call(NEW.root.digest, '', hash).replace('# kept', '# kept\n  os = "linux";\n  arch = "arm64";'),
    );
    expect(planned.changes).toMatchObject([{ platformAssumed: undefined }]);
    expect(await plan(textAfter(planned), { addArch: true })).toMatchObject({ changes: [], counts: { current: 1 } });
  });

  test('cannot get arch when it has no set of its own, and this is reported', async () => {
    const source = `{ dockerTools, rest }: dockerTools.pullImage (rest // { imageName = "${registry.host}/app"; })`;
    expect((await plan(source, { addArch: true })).files).toEqual([]);
    const inherited = `{ dockerTools }: let imageDigest = "${OLD.root.digest}"; imageName = "${registry.host}/app"; hash = "";
      finalImageTag = "1"; in dockerTools.pullImage { inherit imageName imageDigest hash finalImageTag; }`;
    expect(await plan(inherited, { addArch: true })).toMatchObject({ files: [], problems: [{ code: 'arch' }] });
  });

  test.each([[' arch = "amd64";'], [' os = "linux"; arch = "arm64";']])('stays as it is with %s', async (more) => {
    const planned = await plan(call(OLD.root.digest, more), { addArch: true });
    expect(textAfter(planned).match(/arch =/g)).toHaveLength(1);
  });
});

test('a pin that is not wanted is not changed through a literal that it shares', async () => {
  const pin = (tag: string) =>
    `dockerTools.pullImage { imageName = "${registry.host}/app"; imageDigest = digest; hash = ""; finalImageTag = "${tag}"; }`;
  const source = `{ dockerTools }: let digest = "${OLD.root.digest}"; in [ (${pin('1')}) (${pin('other')}) ]`;
  const isWanted: BumpSettings['isWanted'] = ({ finalImageTag }) => finalImageTag === '1';
  expect(await plan(source, { isWanted })).toMatchObject({ files: [], problems: [{ code: 'conflict' }] });
});

test('what cannot be followed is reported for the wanted files only', async () => {
  const source =
    'let x = import ./gone.nix; in dockerTools.pullImage { imageName = "a"; imageDigest = x.digest; hash = x.hash; }';
  expect((await plan(source)).problems).toMatchObject([{ code: 'unfollowable' }]);
  expect((await plan(source, { isWantedFile: () => false })).problems).toEqual([]);
});

describe('a pin through an index that Nix could not fetch is a failure, also when its digest is that of the tag', () => {
  const HASH = `sha256-${Buffer.alloc(32, 1).toString('base64')}`;
  const one = (text: string): ImageContent =>
    image({ config: JSON.stringify(AMD64), layers: [{ bytes: Buffer.from(text) }] });

  test.each(['all', 'digests'] as const)('the image of its platform is gone: %s', async (mode) => {
    const inside = one(`gone ${mode}`);
    const around = index([{ image: inside, platform: AMD64 }]);
    registry.add('app:1', around);
    const pinned = call(around.root.digest, '', HASH);
    const cache = new Cache(join(temporaryFolder(), 'pullpin'), { uid: process.getuid?.() });
    expect((await plan(pinned, { mode, cache })).counts.current).toBe(1);
    registry.remove(inside.root.digest);
    const planned = await plan(pinned, { mode, cache });
    expect(planned.counts.current).toBe(0);
    expect(planned.problems).toMatchObject([{ severity: 'failure', code: 'not-found' }]);
  });

  test.each(['all', 'digests'] as const)('it holds another index: %s', async (mode) => {
    const inner = index([{ image: one(`inner ${mode}`), platform: AMD64 }]);
    const outer = index([{ image: inner, platform: AMD64 }]);
    registry.add('app:1', outer);
    for (const digest of [outer.root.digest, OLD.root.digest]) {
      const { problems } = await plan(call(digest, '', HASH), { mode });
      expect(problems).toMatchObject([
        { severity: 'failure', message: expect.stringContaining(`${inner.root.digest} is an index within the index`) },
      ]);
    }
  });
});

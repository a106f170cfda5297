import { describe, expect, test } from 'vitest';
import type { BumpPlan } from '../../../src/bump/bump-plan.js';
import { planToJson } from '../../../src/bump/output/plan-json.js';
import { type BumpSettings, planBump } from '../../../src/bump/plan.js';
import { Cache } from '../../../src/cache/cache.js';
import { listPins } from '../../../src/list/list-pins.js';
import { type PinSettings, pinImage } from '../../../src/pin/pin.js';
import { createRegistryClient } from '../../../src/registry/client.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { type ImageContent, image, index } from '../../support/images.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startRegistry();
const client = createRegistryClient();
const [AMD64, ARM64] = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

function release(version: string): ImageContent {
  return index(
    [AMD64, ARM64].map((platform) => {
      const layers = [{ bytes: Buffer.from(`${version} for ${platform?.architecture}`) }];
      return { platform: { ...platform }, image: image({ config: JSON.stringify(platform), layers }) };
    }),
  );
}

const [OLD, NEW, GONE] = ['old', 'new', 'gone'].map(release) as [ImageContent, ImageContent, ImageContent];
registry.add('app:1', OLD);
registry.add('app:1', NEW);
registry.add('app:old', OLD);
const IMAGE = `${registry.host}/app`;

type Wanted = Partial<Pick<PinSettings, 'platform' | 'target' | 'finalTag'>>;

/** The hash of what is under a tag of the registry. */
async function hashOf(tag: 'old' | '1', wanted: Wanted): Promise<string> {
  const { hash } = await pinImage(`${IMAGE}:${tag}`, {
    registries: client,
    temporaryFolder: temporaryFolder(),
    ...wanted,
  });
  return hash?.slice('sha256:'.length) ?? '';
}

function plan(text: string, settings: Partial<BumpSettings> = {}, path = 'a.nix'): Promise<BumpPlan> {
  return planBump({ files: [{ path, text }] }, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
}

const set = (digest: string, hash: string, more = ''): string =>
  `{ imageName = "${IMAGE}"; imageDigest = "${digest}"; sha256 = "${hash}"; ${more} }`;
const bare = (digest: string, hash: string, more = ''): string => `# pullpin: 1\n${set(digest, hash, more)}\n`;
const call = (digest: string, hash: string, more = ''): string =>
  `{ dockerTools }:\ndockerTools.pullImage ${set(digest, hash, `finalImageTag = "1"; ${more}`)}\n`;
const newText = ({ files }: BumpPlan): string | undefined => files[0]?.after;
/** Blobs that are not configs. */
const LAYERS = [...OLD.blobs].filter(([, bytes]) => bytes[0] !== 0x7b).map(([digest]) => digest);
const layerRequests = (questions: readonly string[]): string[] =>
  questions.filter((question) => LAYERS.some((digest) => question === `GET blobs/${digest}`));

describe('the recipe of the old hash makes the new one', () => {
  test.each([
    ['the tag latest', bare, '', { finalTag: 'latest' }],
    ['its tag beside it', bare, 'tag = "1.2";', { finalTag: '1.2' }],
    ['the tag that it follows', bare, 'imageTag = "1";', { finalTag: '1' }],
    ['a folder', bare, '', { target: 'nar' }],
    ['another platform', bare, 'finalImageTag = "1";', { platform: ARM64, finalTag: '1' }],
    ["another platform's folder", bare, '', { platform: ARM64, target: 'nar' }],
    ['another platform of a call', call, '', { platform: ARM64, finalTag: '1' }],
  ] as const)('%s', async (_, text, more, wanted) => {
    const [before, after] = [await hashOf('old', wanted), await hashOf('1', wanted)];
    const planned = await plan(text(OLD.root.digest, before, more));
    expect(planned.problems).toEqual([]);
    expect(newText(planned)).toBe(text(NEW.root.digest, after, more));
    expect(planned.changes).toMatchObject([{ platformAssumed: undefined }]);
  });

  test('a file of locked images by name and tag', async () => {
    const text = (digest: string, hash: string): string =>
      JSON.stringify({ [`${IMAGE}:1`]: { imageName: IMAGE, imageDigest: digest, hash, tag: '1' } });
    const planned = await plan(text(OLD.root.digest, await hashOf('old', { finalTag: '1' })), {}, 'images.lock.json');
    expect(newText(planned)).toBe(text(NEW.root.digest, await hashOf('1', { finalTag: '1' })));
  });
});

describe('what makes the old hash of an image in a lock file', () => {
  const locked = (key: string) => (digest: string, hash: string) =>
    JSON.stringify({ [key]: { imageName: IMAGE, imageDigest: digest, hash } });

  test('is its key NAME:TAG, which is also the tag that it follows', async () => {
    const text = locked(`${IMAGE}:1`);
    const planned = await plan(text(OLD.root.digest, await hashOf('old', { finalTag: '1' })), {}, 'images.lock.json');
    expect(newText(planned)).toBe(text(NEW.root.digest, await hashOf('1', { finalTag: '1' })));
    expect(planned.changes).toMatchObject([{ pin: { follows: '1', followedBy: 'key' } }]);
  });

  test('is the tag in a key of another name, which it does not follow', async () => {
    const text = locked('db:9');
    const before = text(OLD.root.digest, await hashOf('old', { finalTag: '9' }));
    expect((await plan(before, {}, 'images.lock.json')).problems).toMatchObject([{ code: 'untracked' }]);
    const planned = await plan(before, { assumeTag: '1' }, 'images.lock.json');
    expect(newText(planned)).toBe(text(NEW.root.digest, await hashOf('1', { finalTag: '9' })));
  });

  test('is the tag in the key of a Nix set', async () => {
    const text = (digest: string, hash: string) =>
      `{ "${IMAGE}:1" = { imageName = "${IMAGE}"; imageDigest = "${digest}"; hash = "${hash}"; }; }`;
    const planned = await plan(text(OLD.root.digest, await hashOf('old', { finalTag: '1' })));
    expect(newText(planned)).toBe(text(NEW.root.digest, await hashOf('1', { finalTag: '1' })));
  });
});

describe('a call with an argument that is not known', () => {
  const variants = (version: string): ImageContent =>
    index(
      ['v7', 'v6'].map((variant) => ({
        platform: { os: 'linux', architecture: 'arm', variant },
        image: image({
          config: JSON.stringify({ os: 'linux', architecture: 'arm', variant }),
          layers: [{ bytes: Buffer.from(`${version} for ${variant}`) }],
        }),
      })),
    );
  const [before, after] = [variants('old'), variants('new')];
  registry.add('arm:old', before);
  registry.add('arm:1', after);
  const NAME = `${registry.host}/arm`;
  const call = (digest: string, hash: string) =>
    `{ dockerTools }: dockerTools.pullImage { imageName = "${NAME}"; imageDigest = "${digest}"; sha256 = "${hash}"; finalImageTag = "1"; arch = "arm"; variant = "v6"; }`;
  const hashOfVariant = async (tag: string): Promise<string> => {
    const settings = { registries: client, temporaryFolder: temporaryFolder(), finalTag: '1' };
    const { hash } = await pinImage(`${NAME}:${tag}`, { ...settings, platform: 'linux/arm/v6' });
    return hash?.slice('sha256:'.length) ?? '';
  };

  test('changes as its old hash shows', async () => {
    const planned = await plan(call(before.root.digest, await hashOfVariant('old')));
    expect(newText(planned)).toBe(call(after.root.digest, await hashOfVariant('1')));
    expect(planned.problems).toMatchObject([{ code: 'unknown-argument', severity: 'notice' }]);
  });

  test('stays when nothing makes its old hash', async () => {
    const { files, problems } = await plan(call(before.root.digest, 'b'.repeat(64)));
    expect(files).toEqual([]);
    expect(problems.map(({ code }) => code).toSorted()).toEqual(['unknown-argument', 'unproven']);
  });
});

test('the JSON of a bump has what was assumed, and what the old hash has proven', async () => {
  const changes = async (text: string) => planToJson(await plan(text)).changes;
  const open = bare(OLD.root.digest, await hashOf('old', { finalTag: '1', platform: ARM64 }), 'tag = "1";');
  expect(await changes(open)).toMatchObject([
    {
      assumed: ['fetcher', 'finalImageName', 'finalImageTag', 'os', 'arch', 'variant'],
      proven: { fetcher: 'docker-archive', finalImageName: IMAGE, finalImageTag: '1', os: 'linux', arch: 'arm64' },
    },
  ]);
  const folder = bare(OLD.root.digest, await hashOf('old', { target: 'nar' }), 'tag = "1";');
  expect(await changes(folder)).toMatchObject([{ proven: { fetcher: 'nar', finalImageName: null, variant: null } }]);
  const said = call(OLD.root.digest, await hashOf('old', { finalTag: '1' }), 'arch = "amd64";');
  expect(await changes(said)).toMatchObject([{ assumed: ['finalImageName', 'os'], proven: null }]);
});

describe('a pin stays as it is', () => {
  test('when nothing makes its old hash, unless --unproven is given', async () => {
    const text = bare(OLD.root.digest, 'b'.repeat(64));
    const planned = await plan(text);
    expect(planned).toMatchObject({ files: [], problems: [{ code: 'unproven', severity: 'failure' }] });
    expect(planned.problems[0]?.message).toMatch(
      /^its hash was not made from what is written here: tried the archive .*app:latest for linux\/amd64, .* and 2 more; .*--unproven$/,
    );
    const written = await plan(text, { unproven: true });
    expect(newText(written)).toBe(bare(NEW.root.digest, await hashOf('1', { finalTag: 'latest' })));
  });

  test('when its old image is gone, unless --unproven is given', async () => {
    const text = bare(GONE.root.digest, 'b'.repeat(64));
    expect((await plan(text)).problems).toMatchObject([
      { code: 'unproven', message: expect.stringContaining(`${GONE.root.digest} is gone from its registry`) },
    ]);
    expect((await plan(text, { unproven: true })).changes).toHaveLength(1);
  });
});

describe('nothing is downloaded to prove', () => {
  test.each([
    ['a recipe that is written out', call(OLD.root.digest, 'b'.repeat(64), 'arch = "amd64";'), {}],
    ['what is to be filled in', bare(OLD.root.digest, ''), {}],
    ['a pin that does not change', bare(NEW.root.digest, 'b'.repeat(64)), {}],
    ['a pin that is only looked at', bare(OLD.root.digest, 'b'.repeat(64)), { mode: 'digests' }],
  ] as const)('%s', async (_, text, settings) => {
    const before = registry.questions.length;
    expect((await plan(text, settings)).problems).toEqual([]);
    expect(layerRequests(registry.questions.slice(before))).toEqual([]);
  });

  test('a recipe that was proven before; list reports it', async () => {
    const cache = new Cache(temporaryFolder(), { uid: process.getuid?.() });
    const wanted = { finalTag: '1', platform: ARM64 } as const;
    const text = bare(OLD.root.digest, await hashOf('old', wanted), 'tag = "1";');
    const planned = await plan(text, { cache });
    const before = registry.questions.length;
    expect(await plan(text, { cache })).toMatchObject({ changes: planned.changes });
    expect(layerRequests(registry.questions.slice(before))).toEqual([]);
    for (const each of [text, newText(planned) ?? '']) {
      const { pins } = listPins({ files: [{ path: 'a.nix', text: each }] }, { cache });
      expect(pins).toMatchObject([
        {
          proven: { fetcher: 'docker-archive', finalImageName: IMAGE, finalImageTag: '1', os: 'linux', arch: 'arm64' },
        },
      ]);
    }
  });
});

test('one download proves all names and tags that an archive may have', async () => {
  const text = bare(OLD.root.digest, await hashOf('old', { finalTag: 'latest' }), 'tag = "1.2"; imageTag = "1.3";');
  const before = registry.questions.length;
  expect((await plan(text)).problems).toEqual([]);
  expect(layerRequests(registry.questions.slice(before))).toHaveLength(1);
});

test.each([
  ['""'],
  ['"sha256:"'],
  ['lib.fakeHash'],
  ['lib.fakeSha256'],
  [`"sha256:${'0'.repeat(64)}"`],
  [`"${'0'.repeat(64)}"`],
])('a placeholder for the digest, %s, is filled', async (placeholder) => {
  const text = (digest: string, hash: string) =>
    `{ dockerTools, lib }: dockerTools.pullImage { imageName = "${IMAGE}"; imageDigest = ${digest}; finalImageTag = "1"; sha256 = ${hash}; arch = "arm64"; }`;
  const planned = await plan(text(placeholder, 'lib.fakeSha256'));
  const hash = await hashOf('1', { platform: ARM64, finalTag: '1' });
  expect(newText(planned)).toBe(text(`"${NEW.root.digest}"`, `"${hash}"`));
  const { pins } = listPins({ files: [{ path: 'a.nix', text: text(placeholder, '""') }] });
  expect(pins).toMatchObject([{ state: 'incomplete' }]);
});

test('a conflict of the same pin on many systems is one problem', async () => {
  const text = `{ dockerTools, system }: dockerTools.pullImage { imageName = "${IMAGE}"; imageDigest = "${OLD.root.digest}";
    finalImageName = "own/\${system}"; finalImageTag = "1"; sha256 = "${'b'.repeat(64)}"; arch = "amd64"; }`;
  expect((await plan(text)).problems).toMatchObject([{ code: 'conflict' }]);
});

describe('--hashes', () => {
  test('leaves a hash that is right for a tag which code elsewhere adds', async () => {
    const text = bare(OLD.root.digest, await hashOf('old', { finalTag: '1' }), 'tag = "1";');
    expect(await plan(text, { mode: 'hashes' })).toMatchObject({
      changes: [],
      problems: [{ code: 'behind' }],
      counts: { current: 1 },
    });
  });

  test('does not guess the tag that code elsewhere adds to an image which a bot has moved', async () => {
    const text = bare(NEW.root.digest, await hashOf('old', { finalTag: '7' }));
    expect(await plan(text, { mode: 'hashes' })).toMatchObject({ files: [], problems: [{ code: 'unproven' }] });
    expect((await plan(text, { mode: 'hashes', unproven: true })).changes).toHaveLength(1);
  });

  test('knows what a remembered hash was made from, with any digest beside it now', async () => {
    const cache = new Cache(temporaryFolder(), { uid: process.getuid?.() });
    const hash = await hashOf('old', { target: 'nar' });
    await plan(bare(OLD.root.digest, hash), { cache });
    const planned = await plan(bare(NEW.root.digest, hash), { cache, mode: 'hashes' });
    expect(newText(planned)).toBe(bare(NEW.root.digest, await hashOf('1', { target: 'nar' })));
  });
});

describe('--hashes after a bot proves the recipe by the pair of the earlier revision', () => {
  const since = (text: string) => ({ mode: 'hashes', since: { files: [{ path: 'a.nix', text }] } }) as const;

  test.each([
    [
      'a call for another platform',
      call,
      '',
      '',
      { platform: ARM64, finalTag: '1' },
      { platform: ARM64, finalTag: '1' },
    ],
    ['a folder', bare, '', '', { target: 'nar' }, { target: 'nar' }],
    ['the tag latest', bare, '', '', { finalTag: 'latest' }, { finalTag: 'latest' }],
    ['a tag that moved', bare, 'tag = "old";', 'tag = "1";', { finalTag: 'old' }, { finalTag: '1' }],
    [
      'a final tag that moved',
      bare,
      'finalImageTag = "old";',
      'finalImageTag = "1";',
      { finalTag: 'old' },
      { finalTag: '1' },
    ],
    [
      'a platform that moved',
      bare,
      'arch = "amd64";',
      'arch = "arm64";',
      { finalTag: '1' },
      { platform: ARM64, finalTag: '1' },
    ],
  ] as const)('%s', async (_, write, moreBefore, moreAfter, wasMadeFrom, isMadeFrom) => {
    const old = await hashOf('old', wasMadeFrom);
    const before = write(OLD.root.digest, old, moreBefore);
    const planned = await plan(write(NEW.root.digest, old, moreAfter), since(before));
    expect(planned.problems).toEqual([]);
    expect(newText(planned)).toBe(write(NEW.root.digest, await hashOf('1', isMadeFrom), moreAfter));
  });

  test('also when only the tag moved', async () => {
    const hash = await hashOf('1', { finalTag: '1' });
    const text = (tag: string, own: string) => bare(NEW.root.digest, own, `tag = "${tag}";`);
    const planned = await plan(text('2', hash), since(text('1', hash)));
    expect(newText(planned)).toBe(text('2', await hashOf('1', { finalTag: '2' })));
  });

  test('finds the pin where it has moved to', async () => {
    const old = await hashOf('old', { target: 'nar' });
    const earlier = { files: [{ path: 'b.nix', text: bare(OLD.root.digest, old) }] };
    const planned = await plan(bare(NEW.root.digest, old), { mode: 'hashes', since: earlier });
    expect(newText(planned)).toBe(bare(NEW.root.digest, await hashOf('1', { target: 'nar' })));
  });

  test.each([
    ['the earlier image is gone', () => bare(GONE.root.digest, 'b'.repeat(64))],
    [
      'several pins had the hash',
      () => `{ a = ${set(OLD.root.digest, 'b'.repeat(64))};\nb = ${set(NEW.root.digest, 'b'.repeat(64))}; }`,
    ],
    ['no pin had the hash', () => bare(OLD.root.digest, 'c'.repeat(64))],
  ])('and leaves the pin when %s', async (_, before) => {
    const planned = await plan(bare(NEW.root.digest, 'b'.repeat(64)), since(before()));
    expect(planned).toMatchObject({ files: [], problems: [{ code: 'unproven' }] });
  });

  test('a remembered recipe does not stand in for a final tag that moved', async () => {
    const cache = new Cache(temporaryFolder(), { uid: process.getuid?.() });
    const old = await hashOf('old', { platform: ARM64, finalTag: 'mine' });
    const text = (digest: string, hash: string, tag: string) =>
      bare(digest, hash, `finalImageTag = "${tag}";`)
        .replace('{ imageName', '({ dockerTools }: dockerTools.pullImage { imageName')
        .replace(' }\n', ' })\n');
    await plan(text(OLD.root.digest, old, 'mine'), { cache });
    const planned = await plan(text(NEW.root.digest, old, 'ours'), { cache, mode: 'hashes' });
    expect(newText(planned)).toBe(
      text(NEW.root.digest, await hashOf('1', { platform: ARM64, finalTag: 'ours' }), 'ours'),
    );
  });
});

test('a final tag that is the hex of the digest changes with it, and the hash is made with the new tag', async () => {
  const text = (digest: string, hash: string): string => `{ dockerTools }:
let hex = "${digest.slice('sha256:'.length)}"; in
# pullpin: 1
dockerTools.pullImage { imageName = "${IMAGE}"; imageDigest = "sha256:\${hex}"; sha256 = "${hash}"; finalImageTag = hex; arch = "amd64"; }
`;
  const planned = await plan(text(OLD.root.digest, 'b'.repeat(64)));
  const finalTag = NEW.root.digest.slice('sha256:'.length);
  expect(newText(planned)).toBe(text(NEW.root.digest, await hashOf('1', { finalTag })));
});

import { describe, expect, test } from 'vitest';
import type { SeenPin } from './evaluation.js';
import { formatted, type Truth } from './program.js';
import { type Report, violations } from './rule.js';
import { digestOf, type SampleImage, SampleImages } from './sample-images.js';

const WEB: SampleImage = { name: 'acme/web', kind: 'index', tags: ['1', '2'] };
const images = await SampleImages.start([WEB]);
const TRUTH: Truth = { image: WEB, tags: ['1'], state: 'old', part: 'root' };
const [OLD, CURRENT, OTHER] = [
  digestOf(WEB, '1', 'old', 'root'),
  digestOf(WEB, '1', 'current', 'root'),
  digestOf(WEB, '2', 'current', 'root'),
];

async function pin(
  imageDigest: string,
  hashOfDigest = imageDigest,
  arch = 'amd64',
  hashOfArch = arch,
  finalImageTag = '1',
): Promise<SeenPin> {
  const fetch = {
    fetches: 'archive',
    imageName: WEB.name,
    imageDigest,
    os: 'linux',
    arch,
    finalImageTag,
  } as const;
  const sha256 = await images.hash({ ...fetch, imageDigest: hashOfDigest, arch: hashOfArch });
  const hash = formatted(sha256 ?? '', 'sri');
  return { path: '/it', system: 'x86_64-linux', imageName: WEB.name, imageDigest, fetch, hash };
}

/** A pin with the layers of the image under a digest, which may be another one. */
async function layeredPin(imageDigest: string, layersOf = imageDigest): Promise<SeenPin> {
  const plain = await pin(imageDigest);
  const parts = plain.fetch && images.parts({ ...plain.fetch, imageDigest: layersOf });
  return { ...plain, parts: parts ?? expect.unreachable() };
}

async function judge(before: SeenPin, after: SeenPin, truth: Partial<Truth> = {}, problems: Report['problems'] = []) {
  return violations([{ truth: { ...TRUTH, ...truth }, pairs: [{ before, after }] }], { problems }, images);
}

describe('the rule accepts', () => {
  test('digest and hash that moved together', async () => {
    expect(await judge(await pin(OLD), await pin(CURRENT), { moves: true })).toEqual([]);
  });

  test('layers that moved with them', async () => {
    expect(await judge(await layeredPin(OLD), await layeredPin(CURRENT), { moves: true })).toEqual([]);
  });

  test('a tag that moved with them', async () => {
    const moved = await pin(OTHER, OTHER, 'amd64', 'amd64', '2');
    expect(await judge(await pin(OLD), moved, { moves: true, movesTo: '2' })).toEqual([]);
  });

  test('what was current and stays', async () => {
    expect(await judge(await pin(CURRENT), await pin(CURRENT), { state: 'current', moves: true })).toEqual([]);
  });

  test('what was left and is reported, or frozen', async () => {
    const problem = { message: 'it stays', imageName: null, imageDigest: OLD };
    expect(await judge(await pin(OLD), await pin(OLD), {}, [problem])).toEqual([]);
    expect(await judge(await pin(OLD), await pin(OLD), { isFrozen: true })).toEqual([]);
  });
});

describe('the rule refuses', () => {
  test.each([
    ['a digest that moved alone', () => pin(CURRENT, OLD), {}, 'only one of digest and hash'],
    ['a hash that moved alone', () => pin(OLD, CURRENT), {}, 'which its tag does not have'],
    ["another tag's digest", () => pin(OTHER), {}, 'which its tag does not have'],
    ["another platform's hash", () => pin(CURRENT, CURRENT, 'amd64', 'arm64'), {}, 'which is wrong for'],
    ['silence', () => pin(OLD), {}, 'that is not reported'],
    ['a frozen pin that moved', () => pin(CURRENT), { isFrozen: true }, 'it is frozen'],
    ['a pin that should have moved', () => pin(OLD), { moves: true }, 'it should have been bumped'],
  ] as const)('%s', async (_, after, truth, reason) => {
    expect(await judge(await pin(OLD), await after(), truth)).toContainEqual(expect.stringContaining(reason));
  });

  test('digest and hash that moved without the tag, and a tag that moved for no reason', async () => {
    const moved = await judge(await pin(OLD), await pin(OTHER), { movesTo: '2' });
    expect(moved).toContainEqual(expect.stringContaining('its tag is 1 and should be 2'));
    const renamed = await judge(await pin(OLD), await pin(CURRENT, CURRENT, 'amd64', 'amd64', '2'));
    expect(renamed).toContainEqual(expect.stringContaining('its tag is 2 and should be 1'));
  });

  test.each([
    ['layers that stayed', CURRENT, OLD],
    ['layers that moved alone', OLD, CURRENT],
    ["another tag's layers", CURRENT, OTHER],
  ])('%s', async (_, digest, layersOf) => {
    expect(await judge(await layeredPin(OLD), await layeredPin(digest, layersOf))).not.toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import type { ImageSource } from '../../src/oci/image-source.js';
import { parsePlatform } from '../../src/oci/platform.js';
import { digestOf } from '../../src/oci/verified.js';
import { type PinSettings, pinImage } from '../../src/pin/pin.js';
import { fixtureImages } from '../support/fixture-images.js';
import { type ImageContent, image } from '../support/images.js';
import { memorySource } from '../support/memory-source.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { watched } from '../support/watched-source.js';
import { wholeArchive, wholeNar } from '../support/whole-archive.js';

const { hello: HELLO, 'docker-schema2': SINGLE, 'arm-variants': ARM } = fixtureImages() as Record<string, ImageContent>;

type Options = Omit<PinSettings, 'registries' | 'from'> & { readonly source?: ImageSource };

function pin(name: string, content: ImageContent, { source = memorySource(content), ...options }: Options = {}) {
  return pinImage(name, { from: { source }, temporaryFolder: temporaryFolder(), ...options });
}

describe('the name and the tag', () => {
  test.each([
    ['redis', 'redis', 'latest', 'latest'],
    ['redis:7.10', 'redis', '7.10', '7.10'],
    ['docker.io/library/redis:7', 'docker.io/library/redis', '7', '7'],
    [`redis:7@${SINGLE!.root.digest}`, 'redis', '7', '7'],
  ])('of %s are those that were typed', async (typed, imageName, finalImageTag, tag) => {
    const made = await pin(typed, SINGLE!);
    expect(made).toMatchObject({ imageName, finalImageName: imageName, finalImageTag, tag, warnings: [] });
    const name = imageName.includes('/') ? imageName : `docker.io/library/${imageName}`;
    const archive = wholeArchive(SINGLE!, name, finalImageTag);
    expect([made.hash, made.archiveSize]).toEqual([digestOf(archive), archive.length]);
  });

  test('of a name with only a digest: latest, with a warning, and no tag that was looked up', async () => {
    const made = await pin(`redis@${SINGLE!.root.digest}`, SINGLE!);
    expect(made).toMatchObject({ finalImageTag: 'latest', warnings: [expect.stringContaining('redis:latest')] });
    expect(made.tag).toBeUndefined();
    expect((await pin(`redis@${SINGLE!.root.digest}`, SINGLE!, { finalTag: '7' })).warnings).toEqual([]);
  });

  test('inside the archive may be others', async () => {
    const made = await pin('redis:7', SINGLE!, { finalName: 'ghcr.io/x/y', finalTag: 'z' });
    expect(made).toMatchObject({ imageName: 'redis', finalImageName: 'ghcr.io/x/y', finalImageTag: 'z', tag: '7' });
    expect(made.hash).toBe(digestOf(wholeArchive(SINGLE!, 'ghcr.io/x/y', 'z')));
  });

  test('that skopeo refuses are refused before anything is asked for', async () => {
    const source = { ...memorySource(SINGLE!), manifest: () => Promise.reject(new TypeError('asked')) };
    await expect(pin('redis', SINGLE!, { source, finalName: 'Redis' })).rejects.toThrow(UsageError);
    await expect(pin('redis', SINGLE!, { source, finalTag: '-x' })).rejects.toThrow(UsageError);
    await expect(pin('[::1]:5000/redis', SINGLE!, { source })).rejects.toThrow('choose a --final-name');
  });
});

describe('the platform', () => {
  test('is written wherever the reference goes through an index', async () => {
    const made = await pin('hello:1', HELLO!);
    expect(made).toMatchObject({ os: 'linux', arch: 'amd64', platformMatters: true, indexDigest: HELLO!.root.digest });
    expect(made.platformDigest).not.toBe(made.imageDigest);
    const arm = await pin('hello:1', ARM!, { platform: parsePlatform('linux/arm/v7') });
    expect(arm).toMatchObject({ arch: 'arm', variant: 'v7', indexDigest: ARM!.root.digest });
    expect(arm.imageDigest).toBe(arm.platformDigest);
  });

  test('of a single image is its own, which matters when it is not the default', async () => {
    expect(await pin('hello:1', SINGLE!)).toMatchObject({ arch: 'amd64', platformMatters: false });
    const arm = image({ config: '{"architecture":"arm64","os":"linux"}', layers: [] });
    const made = await pin('hello:1', arm, { platform: parsePlatform('linux/s390x') });
    expect(made).toMatchObject({ arch: 'arm64', platformMatters: true });
    expect(made.warnings).toEqual(['the image is for linux/arm64, and has no other for linux/s390x']);
    expect((await pin('hello:1', arm)).warnings).toEqual([]);
  });

  test('that is invented by a config does not get into the pin', async () => {
    const evil = image({ config: '{"architecture":"x\\"; evil","os":"\\u001b[31m"}', layers: [] });
    expect(await pin('hello:1', evil)).toMatchObject({ os: 'linux', arch: 'amd64' });
  });
});

test('the target decides what is hashed, and whether anything is downloaded', async () => {
  const nar = await pin('hello:1', SINGLE!, { target: 'nar' });
  expect([nar.hash, nar.target]).toEqual([digestOf(wholeNar(SINGLE!)), 'nar']);
  const source = watched(memorySource(SINGLE!));
  const none = await pin('hello:1', SINGLE!, { target: 'none', source });
  expect([none.hash, none.archiveSize, none.facts, source.opened]).toEqual([undefined, undefined, undefined, []]);
});

test('a registry without verified TLS is reported, and the pin says so', async () => {
  const made = await pin('hello:1', SINGLE!, { source: { ...memorySource(SINGLE!), tlsVerify: false } });
  expect(made.tlsVerify).toBe(false);
  expect(made.warnings).toEqual([expect.stringContaining('tlsVerify = false')]);
});

import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { createRenderer, type RenderOptions } from '../../../src/nix/render/render.js';
import { checkTemplateFile } from '../../../src/nix/render/user-template/template-place.js';
import { checkSystems, groupImages, uniqueNames } from '../../../src/nix/render/values/images.js';
import { checkRoom, type Missing } from '../../../src/nix/render/values/room.js';
import type { PinAttributes } from '../../../src/nix/render/values/template-values.js';
import { digestOf } from '../../../src/oci/verified.js';
import { REDIS_ATTRIBUTES as REDIS } from '../../support/redis-attributes.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ARM: PinAttributes = { ...REDIS, imageDigest: digestOf('another manifest'), arch: 'arm64' };
const INDEX = digestOf('an index');

describe('a pin that needs what a template has no place for', () => {
  const ALL: readonly Missing[] = ['os', 'finalName', 'finalTag', 'tlsVerify', 'noTag', 'foreignLayer'];

  test.each<[Missing, Partial<PinAttributes>, string]>([
    ['os', { os: 'windows' }, 'another system than linux'],
    ['finalName', { finalImageName: 'mine' }, 'a --final-name'],
    ['finalTag', { finalImageTag: 'mine' }, 'a --final-tag'],
    ['tlsVerify', { tlsVerify: false }, 'tlsVerify = false, and the registry was not verified'],
    ['noTag', { tag: undefined }, 'an image without a tag'],
  ])('is refused: %s', (name, changes, what) => {
    const pin = { ...REDIS, ...changes };
    const refusal = `redis: the template npins has no place for ${what}`;
    expect(() => checkRoom(pin, 'npins', ALL)).toThrow(UsageError);
    expect(() => checkRoom(pin, 'npins', [name])).toThrow(refusal);
    const others = ALL.filter((each) => each !== name);
    expect(() => checkRoom(pin, 'npins', others)).not.toThrow();
  });

  test('and any other one is not', () => {
    expect(() => checkRoom(REDIS, 'npins', ALL)).not.toThrow();
    expect(() => checkRoom({ ...REDIS, os: 'windows' }, 'npins', [])).not.toThrow();
    // The tag of the archive is the user's own, as the image was named without one.
    expect(() => checkRoom({ ...REDIS, tag: undefined, finalImageTag: 'mine' }, 'npins', ['finalTag'])).not.toThrow();
  });

  test('is refused by the renderer', async () => {
    const renderer = await createRenderer({ template: 'npins' });
    expect(() => renderer.render([{ ...REDIS, tlsVerify: false }])).toThrow('redis: the template npins has no place');
  });
});

describe('the systems of one image', () => {
  test('are those that Nix has, each once', () => {
    const amd64 = { platform: 'linux/amd64', system: 'x86_64-linux' };
    const arm64 = { platform: 'linux/arm64', system: 'aarch64-linux' };
    expect(() => checkSystems([amd64, arm64])).not.toThrow();
    expect(() => checkSystems([amd64, amd64])).toThrow(
      'there are two pins for x86_64-linux, and one text has room for one',
    );
    expect(() => checkSystems([arm64, { ...arm64, platform: 'linux/arm64/v8' }])).toThrow(
      'linux/arm64 and linux/arm64/v8 both run on aarch64-linux: name one of them',
    );
    expect(() => checkSystems([{ platform: 'linux/sparc', system: null }])).toThrow(
      'Nix has no system that runs images of linux/sparc',
    );
  });

  test('are put together when they differ in nothing but the platform', () => {
    const [one, other] = [REDIS, ARM].map((pin) => ({ ...pin, indexDigest: INDEX }));
    if (!one || !other) throw new Error('two pins');
    expect(groupImages([one, other])).toEqual([[one, other]]);
    expect(groupImages([one, one])).toEqual([[one], [one]]);
    expect(groupImages([REDIS, ARM])).toEqual([[REDIS], [ARM]]);
    for (const change of [{ imageName: 'x' }, { finalImageName: 'x' }, { finalImageTag: 'x' }, { tag: 'x' }]) {
      const changed = { ...other, ...change };
      expect(groupImages([one, changed])).toEqual([[one], [changed]]);
    }
    const [older, newer] = ['v6', 'v7'].map((variant) => ({ ...one, arch: 'arm', variant }));
    expect(groupImages([older, newer].flatMap((each) => each ?? []))).toHaveLength(1);
  });
});

test.each<[readonly (readonly [name: string, tag: string])[], readonly string[]]>([
  [[['ghcr.io/acme/web', '1']], ['web']],
  [
    [
      ['acme/web', '1'],
      ['other/web', '2'],
    ],
    ['web-1', 'web-2'],
  ],
  [
    [
      ['acme/web', '1'],
      ['other/web', '1'],
      ['third/web', '1'],
    ],
    ['web-1', 'web-1-2', 'web-1-3'],
  ],
  [[['acme/My_App.v2', '1']], ['my-app-v2']],
  [[['acme/__', '1']], ['image']],
  [[[`acme/${'a'.repeat(60)}`, '1']], ['a'.repeat(50)]],
  [
    [
      ['web', '1.27+x'],
      ['acme/web', 'Latest'],
    ],
    ['web-1-27-x', 'web-latest'],
  ],
])('images %j have the names %j', (images, names) => {
  const pins = images.map(([imageName, finalImageTag]) => [{ ...REDIS, imageName, finalImageTag }] as const);
  expect(uniqueNames(pins)).toEqual(names);
});

describe('a hash of something else than the template fetches', () => {
  test.each<[RenderOptions, PinAttributes['target'], boolean]>([
    [{}, 'docker-archive', true],
    [{}, undefined, true],
    [{}, 'nar', false],
    [{ template: 'nix2container' }, 'nar', true],
    [{ template: 'nix2container' }, 'docker-archive', false],
    [{ function: 'my.fetch' }, 'nar', true],
    [{ template: 'attrs' }, 'nar', true],
  ])('%j with a hash of %s: %s', async (options, target, isTaken) => {
    const renderer = await createRenderer(options);
    const attempt = () => renderer.render([{ ...REDIS, target }]);
    if (isTaken) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(/^redis: its hash is of [a-z-]+, and the template [\w-]+ needs one of [a-z-]+$/);
  });
});

test('a template file must be there, and be a file', async () => {
  await expect(checkTemplateFile('test/nix/render/room.test.ts')).resolves.toBeUndefined();
  await expect(checkTemplateFile('./none.hbs')).rejects.toThrow('there is no template file ./none.hbs; check the path');
  await expect(checkTemplateFile('pullimage')).rejects.toThrow('did you mean pull-image?');
  const folder = temporaryFolder();
  await expect(checkTemplateFile(folder)).rejects.toThrow(
    `${folder} is a folder, and not a template: name a file in it, or one of the templates of pullpin templates`,
  );
  await expect(checkTemplateFile('/dev/null')).rejects.toThrow(
    '/dev/null is a pipe or a device, and not a template: name a file, or one of the templates',
  );
});

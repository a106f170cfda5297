import { describe, expect, test } from 'vitest';
import { type Neighbour, Neighbours } from '../../../src/nix/find/images/neighbours.js';
import { mayHoldDigests, possibleDigests, withPrefix } from '../../../src/nix/find/images/possible-digests.js';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;
const SRI = 'sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=';
const NIX32 = '00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq';

/** What stands beside a digest that has a name, among other texts with names. */
const beside = (others: Readonly<Record<string, string>>, name = 'x', text = DIGEST) => {
  const all: Neighbour[] = [
    { name, text },
    ...Object.entries(others).map(([key, value]) => ({ name: key, text: value })),
  ];
  return new Neighbours(all).beside({ name, text });
};

describe('beside a digest stands', () => {
  test.each([SRI, SRI.slice('sha256-'.length), NIX32, `sha256:${NIX32}`])('a hash: %s', (hash) => {
    expect(beside({ y: hash })).toEqual({ hasHash: true, hasImage: false, hasDigest: false });
  });

  test.each([
    '',
    'abc',
    `${NIX32}0`,
    NIX32.slice(1),
    NIX32.replace('x', 'e'),
    SRI.slice(0, -1),
    `sha512-${SRI.slice(7)}`,
    `x${SRI}`,
    `${SRI}x`,
  ])('no hash: %s', (text) => {
    expect(beside({ y: text }).hasHash).toBe(false);
  });

  test('a hash by its name, whatever it is', () => {
    expect(beside({ hash: '' }).hasHash).toBe(true);
    expect(beside({ configHash: '' }).hasHash).toBe(true);
    expect(beside({ y: '' }, 'hash').hasHash).toBe(false);
    expect(beside({ sha256: '' }, 'hash').hasHash).toBe(true);
  });

  test('a hash that is written as digests are: one of two', () => {
    expect(beside({ y: `sha256:${'b'.repeat(64)}` })).toEqual({ hasHash: true, hasImage: false, hasDigest: true });
    expect(beside({ y: 'b'.repeat(64) })).toEqual({ hasHash: true, hasImage: false, hasDigest: true });
    expect(beside({ y: `sha256:${'b'.repeat(64)}`, z: `sha256:${'c'.repeat(64)}` }).hasHash).toBe(false);
    expect(beside({ y: 'b'.repeat(64) }, 'x', HEX).hasHash).toBe(false);
  });

  test.each([
    ...['image', 'container', 'name', 'repo', 'repository', 'ref', 'reference', 'src', 'source', 'Image', 'imageName'],
    ...['image_name', 'baseImage', 'webImageRef', 'image_ref', ''],
  ])('an image by the name %j', (name) => {
    expect(beside({ [name]: 'acme/web:1.4' }).hasImage).toBe(true);
    expect(beside({ [name]: 'ghcr.io/acme/web' }).hasImage).toBe(true);
  });

  test.each(['tag', 'version', 'names', 'imageTag', 'xname', 'source2'])('no image by the name %s', (name) => {
    expect(beside({ [name]: 'acme/web:1.4' }).hasImage).toBe(false);
  });

  test.each([
    ...['ghcr.io/acme/web', 'ghcr.io/acme/web:1', 'localhost/web', 'localhost:5000/web', 'a-b.c:443/web', 'web:1'],
    ...['acme/web:latest', 'a.b.c/d_e-f.g/h:1.2-x'],
  ])('an image: %s', (text) => {
    expect(beside({ image: text }).hasImage).toBe(true);
  });

  test.each([
    ...[
      'web',
      'acme/web',
      'ghcr.io',
      'https://ghcr.io/acme/web',
      'ghcr.io/',
      'Web:1',
      'web:',
      ':1',
      'web: 1',
      '-web:1',
    ],
    ...['ghcr.io/-x', 'a b:1', HEX, DIGEST],
  ])('no image: %s', (text) => {
    expect(beside({ image: text }).hasImage).toBe(false);
  });

  test('an image in its own name', () => {
    expect(beside({}, 'ghcr.io/acme/web:1.4').hasImage).toBe(true);
    expect(beside({}, 'web').hasImage).toBe(false);
  });

  test('the image of what is called a hash only by the name of an image', () => {
    expect(beside({ image: 'acme/web:1' }, 'sha256').hasImage).toBe(true);
    expect(beside({ baseContainer: 'acme/web:1' }, 'sha256').hasImage).toBe(true);
    expect(beside({ name: 'acme/web:1' }, 'sha256').hasImage).toBe(false);
  });
});

describe('a text is the digest of an image', () => {
  const NOTHING = { hasHash: false, hasImage: false, hasDigest: false };
  const found = (text: string, names: readonly string[], more: Partial<typeof NOTHING> = {}) =>
    possibleDigests(text, { ...NOTHING, ...more, names });

  test.each<[string, string, string[], Partial<typeof NOTHING>]>([
    ['by its name', DIGEST, ['imageDigest'], {}],
    ['by the name around it', DIGEST, ['digests', 'amd64'], {}],
    ['without a prefix', HEX, ['digest'], {}],
    ['beside an image', HEX, ['x'], { hasImage: true }],
    ['beside a hash', DIGEST, ['x'], { hasHash: true }],
    ['beside a hash, without a prefix', HEX, ['x'], { hasHash: true }],
    ['in a table of hashes', DIGEST, ['hashes', 'x'], { hasHash: true }],
    ['by the name of a hash, beside an image', DIGEST, ['sha256'], { hasImage: true }],
    ['without a name', DIGEST, [], { hasHash: true }],
  ])('%s', (_, text, names, more) => {
    expect(found(text, names, more)).toEqual([
      {
        start: 0,
        end: text.length,
        imageDigest: text,
        message: `${names.length > 0 ? `${names.at(-1)}: ` : ''}'${text}' belongs to no pin that can be followed, so it stays as it is`,
      },
    ]);
  });

  test.each<[string, string, string[], Partial<typeof NOTHING>]>([
    ['by another name', DIGEST, ['rev'], {}],
    ['by a name further out', DIGEST, ['digest', 'a', 'b'], {}],
    ['by the name of a hash', DIGEST, ['sha256'], { hasHash: true }],
    ['by the name of a hash beside an image and its digest', DIGEST, ['sha256'], { hasImage: true, hasDigest: true }],
    ['in a table of hashes, without a prefix', HEX, ['hashes', 'x'], { hasHash: true }],
    ['in a table of sums, without a prefix', HEX, ['checksums', 'x'], { hasHash: true }],
    ['in a table of sha1, without a prefix', HEX, ['sha1s', 'x'], { hasHash: true }],
    ['when it is longer', `${HEX}a`, ['digest'], {}],
    ['when it has upper-case digits', HEX.toUpperCase(), ['digest'], {}],
  ])('and not %s', (_, text, names, more) => {
    expect(found(text, names, more)).toEqual([]);
  });

  test.each([
    [`--image=acme/web:1@${DIGEST}`, 'acme/web:1', DIGEST],
    [`A=acme/web@${DIGEST}`, 'acme/web', DIGEST],
    [`docker://acme/web@${DIGEST} run`, 'docker://acme/web', DIGEST],
    [`x ghcr.io:443/a_b/c@${HEX}`, 'ghcr.io:443/a_b/c', HEX],
  ])('in a longer text: %s', (text, image, digest) => {
    const [one, ...others] = found(text, []);
    expect(others).toEqual([]);
    expect(text.slice(one?.start, one?.end)).toBe(`${image}@${digest}`);
    expect(one?.imageDigest).toBe(digest);
    const why = digest === HEX ? "has no 'sha256:' in front of its digest" : 'is a part of a longer text';
    expect(one?.message).toBe(`the image '${image}@${digest}' ${why}, so it stays as it is`);
  });

  test.each([`x @${DIGEST}`, `x a@${DIGEST}a`, `x a@sha512:${HEX}`, `x a ${DIGEST}`])('none in %s', (text) => {
    expect(found(text, [])).toEqual([]);
  });

  test('several in one text', () => {
    expect(found(`a@${DIGEST} b@${DIGEST}`, []).map(({ message }) => message.slice(0, 13))).toEqual([
      "the image 'a@",
      "the image 'b@",
    ]);
  });
});

test.each<readonly [string, boolean]>([
  ['{"imageDigest": ""}', true],
  ['{"image_digest": ""}', true],
  [`{"x": "${DIGEST}"}`, true],
  [`{"x": "a@${HEX}"}`, true],
  [`{"x": "${HEX}"}`, false],
  [`{"x": "sha256:${'a'.repeat(15)}"}`, false],
  ...['image', 'imageName', 'image_name', 'imageRef', 'image_ref', 'container', 'repository', 'digest'].map(
    (name) => [`{"${name}" : "x", "y": "${HEX}"}`, true] as const,
  ),
  [`{"images": "x", "y": "${HEX}"}`, false],
  [`{"image": "x", "y": "${HEX}a"}`, false],
  ['{"image": "x"}', false],
])('JSON may hold digests: %s: %s', (json, expected) => {
  expect(mayHoldDigests(json)).toBe(expected);
});

test('a digest without its prefix gets one', () => {
  expect(withPrefix(HEX)).toBe(DIGEST);
  expect(withPrefix(DIGEST)).toBe(DIGEST);
});

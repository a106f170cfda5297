import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';
import { argumentCaution, isHashAttribute } from '../../../src/nix/find/images/own-arguments.js';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;

/** The one message about a call of pullImage; undefined when there is none. */
function flawOf(rest: string, digest = DIGEST): string | undefined {
  const source = `{ dockerTools }: dockerTools.pullImage { imageDigest = "${digest}"; hash = ""; ${rest} }`;
  const { sites, problems } = findPins(source, { path: 'a.nix' });
  const messages = [...sites.flatMap(({ flaw }) => flaw?.message ?? []), ...problems.map(({ message }) => message)];
  expect(messages.length).toBeLessThan(2);
  return messages[0];
}

test.each([
  ['imageName = "redis:7";', 'malformed-reference'],
  ['imageName = "redis"; os = "";', 'malformed-os'],
  ['imageName = "redis"; os = "Linux";', 'malformed-os'],
  ['imageName = "redis"; arch = "";', 'malformed-arch'],
  ['imageName = "redis"; arch = "x86";', 'malformed-arch'],
  ['imageName = "redis"; os = "Linux"; arch = "x86";', 'malformed-os'],
  ['imageName = "redis:7"; os = "Linux";', 'malformed-reference'],
])('the first flaw of %s is %s', (rest, code) => {
  const source = `{ dockerTools }: dockerTools.pullImage { imageDigest = "${DIGEST}"; hash = ""; ${rest} }`;
  expect(findPins(source, { path: 'a.nix' }).sites).toMatchObject([{ flaw: { code } }]);
});

describe('an architecture that no image has', () => {
  test.each<readonly [string, string]>([
    ...['x86_64', 'x86-64', 'x64', 'X86_64', 'AMD64'].map((arch) => [arch, 'arch = "amd64"'] as const),
    ...['aarch64', 'arm64v8', 'armv8', 'AArch64', 'ARM64'].map((arch) => [arch, 'arch = "arm64"'] as const),
    ...['armv7l', 'armv7', 'armv6l', 'armv6', 'armhf', 'arm32v7'].map((arch) => [arch, 'arch = "arm"'] as const),
    ...['i686', 'i386', 'x86'].map((arch) => [arch, 'arch = "386"'] as const),
    ['powerpc64le', 'arch = "ppc64le"'],
    ['aarch64-linux', 'arch = "arm64"'],
    ['x86_64-darwin', 'arch = "amd64"'],
    ['linux/arm64', 'os = "linux" and arch = "arm64"'],
    ['linux/aarch64', 'os = "linux" and arch = "arm64"'],
    ['windows/amd64', 'os = "windows" and arch = "amd64"'],
    ['linux/arm/v7', 'os = "linux" and arch = "arm", and the digest of the image for linux/arm/v7'],
  ])('%s: write %s', (arch, remedy) => {
    expect(flawOf(`imageName = "redis"; arch = "${arch}";`)).toBe(
      `no image has the architecture '${arch}': write ${remedy}`,
    );
  });

  test.each([
    'amd64',
    'arm64',
    'arm',
    '386',
    'ppc64le',
    's390x',
    'riscv64',
    'loong64',
    'anything',
    'web-linux',
    'a/b/c/d',
  ])('%s may be one', (arch) => {
    expect(flawOf(`imageName = "redis"; arch = "${arch}";`)).toBeUndefined();
  });

  test('an empty one', () => {
    expect(flawOf('imageName = "redis"; arch = "";')).toBe('arch is empty: write one such as "amd64", or omit it');
  });
});

describe('an os that no image has', () => {
  test.each([
    ['Linux', 'linux'],
    ['LINUX', 'linux'],
    ['linux-gnu', 'linux'],
    ['Windows', 'windows'],
    ['Darwin', 'darwin'],
    ['FreeBSD', 'freebsd'],
    ['Plan-9', 'linux'],
  ])('%s: write %s', (os, remedy) => {
    expect(flawOf(`imageName = "redis"; os = "${os}";`)).toBe(`no image has the os '${os}': write os = "${remedy}"`);
  });

  test.each(['linux', 'windows', 'plan9'])('%s may be one', (os) => {
    expect(flawOf(`imageName = "redis"; os = "${os}";`)).toBeUndefined();
  });

  test('an empty one', () => {
    expect(flawOf('imageName = "redis"; os = "";')).toBe('os is empty: write os = "linux", or omit it');
  });
});

describe('a name with more in it', () => {
  test.each([
    ['redis:7', 'a tag', 'imageName = "redis" and finalImageTag = "7"'],
    [`redis@${DIGEST}`, 'a digest', `imageName = "redis" and imageDigest = "${DIGEST}"`],
    [`r:7@${DIGEST}`, 'a tag and a digest', `imageName = "r" and finalImageTag = "7" and imageDigest = "${DIGEST}"`],
  ])('%s', (name, what, remedy) => {
    const message = flawOf(`imageName = "${name}";`);
    expect(message).toMatch(new RegExp(`^imageName '${name.slice(0, 30)}.*' has ${what} in it: write `));
    expect(message?.endsWith(`: write ${remedy}`)).toBe(true);
  });
});

test.each([
  [`sha256:${HEX.slice(1)}`, ` has 63 hex digits, and should have 64`],
  [`sha256:${HEX}a`, ` has 65 hex digits, and should have 64`],
  [`sha256:${HEX.slice(1)}A`, ` has upper-case digits: write it in lower case`],
  [HEX, ` is not a digest: sha256: and 64 lower-case hex digits`],
  [`sha512:${HEX}`, ` is not a digest: sha256: and 64 lower-case hex digits`],
  [`sha256:${HEX.slice(1)}g`, ` is not a digest: sha256: and 64 lower-case hex digits`],
])('a digest that is nearly one: %s', (digest, flaw) => {
  expect(flawOf('imageName = "redis";', digest)).toMatch(new RegExp(`^(?:the digest )?'${digest}'${flaw}$`));
});

test('a pin of which nothing is filled in', () => {
  expect(flawOf('imageName = "";', '')).toBe(
    'its imageName and imageDigest are empty: write an image, or see pullpin IMAGE for a whole pin',
  );
});

describe('arguments that pullpin does not know', () => {
  const known = ['imageName', 'imageDigest', 'os', 'arch', 'tlsVerify', 'finalImageName', 'finalImageTag', 'name'];
  const more = ['outputHashAlgo', 'tag', 'imageTag', 'hash', 'sha256', 'outputHash'];

  test.each([...known, ...more])('%s is known', (name) => {
    expect(argumentCaution([name], true)).toBeUndefined();
    expect(argumentCaution([name, 'other'], true)?.names).toEqual(['other']);
  });

  test('the first five are named', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(argumentCaution(names.slice(0, 5), true)).toMatchObject({
      code: 'unknown-argument',
      message: expect.stringContaining("does not know the argument 'a', 'b', 'c', 'd', 'e': the pin changes only when"),
    });
    expect(argumentCaution(names, true)?.message).toContain("the argument 'a', 'b', 'c', 'd', 'e', more: the pin");
  });

  test('where the call is not in sight, only hashes count, and only among the first hundred', () => {
    expect(argumentCaution(['a', 'configHash', 'hash'], false)).toEqual({
      code: 'other-hash',
      names: ['configHash'],
      message: "'configHash': not a hash of its image, so it stays as it is",
    });
    expect(argumentCaution(['a', 'b'], false)).toBeUndefined();
    const many = Array.from({ length: 100 }, (_, at) => `a${at}`);
    expect(argumentCaution([...many.slice(1), 'configHash'], false)).toBeDefined();
    expect(argumentCaution([...many, 'configHash'], false)).toBeUndefined();
  });

  test('a name with hash or sha256 at its end is that of a hash', () => {
    for (const name of ['hash', 'sha256', 'configHash', 'imageSha256', 'SHA256', 'a_1hash'])
      expect(isHashAttribute(name)).toBe(true);
    for (const name of ['hashes', 'hashAlgo', '_hash', '1hash', 'sha512', 'a-hash'])
      expect(isHashAttribute(name)).toBe(false);
  });
});

describe('a text that is nearly an image with a digest', () => {
  const messageOf = (text: string) =>
    findPins(`# sha256:\n{ x = "${text}"; }`, { path: 'a.nix' }).problems.map(({ code }) => code);

  test.each([`redis:7@sha256:${HEX.slice(1)}`, `redis@sha256:${HEX}a`, `redis:sha256:${HEX}`])(
    'is refused: %s',
    (text) => {
      expect(messageOf(text)).toEqual(['malformed-reference']);
    },
  );

  test.each([
    `sha256:${HEX.slice(1)}`,
    `https://x/redis@sha256:${HEX.slice(1)}`,
    `--image=redis@sha256:${HEX.slice(1)}`,
    `a b@sha256:${HEX.slice(1)}`,
    `redis@sha256:${'a'.repeat(15)}`,
    `redis@sha256:${HEX.slice(1)}g`,
    `@sha256:${HEX.slice(1)}`,
  ])('is not: %s', (text) => {
    expect(messageOf(text)).not.toContain('malformed-reference');
  });

  test.each(['Redis', 'a//b', '-redis', 'redis:-7'])('is refused for its name: %s', (name) => {
    const codes = messageOf(`${name}@${DIGEST}`);
    expect(codes).not.toEqual([]);
  });
});

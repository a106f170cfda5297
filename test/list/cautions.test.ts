import { describe, expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { listPins } from '../../src/list/list-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HASH = 'sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=';
const PIN = `imageName = "redis"; imageDigest = "${DIGEST}"; sha256 = "${HASH}";`;
const REGISTRIES = {
  repository: () => {
    throw new Error('no registry is asked for a pin without a tag');
  },
};

/** What a list says beside the pins of some files, as `file:line code message`. A bump must notice the same. */
async function cautionsOf(texts: Readonly<Record<string, string>>): Promise<string[]> {
  const files = { files: Object.entries(texts).map(([path, text]) => ({ path, text })) };
  const shown = (all: readonly { file: string; line: number; code: string; message: string }[]) =>
    all
      .filter(({ code }) => code !== 'untracked')
      .map((each) => `${each.file}:${each.line} ${each.code} ${each.message}`);
  const listed = shown(listPins(files).problems);
  const plan = await planBump(files, { registries: REGISTRIES });
  expect(shown(plan.problems).toSorted()).toEqual(listed.toSorted());
  expect(plan.problems.map(({ severity }) => severity)).not.toContain('failure');
  return listed;
}

describe('only hash, sha256 and outputHash are a hash of the image', () => {
  test.each(['configHash', 'narHash', 'imageSha256'])(
    '%s is not the hash of a pin, and this is reported',
    async (name) => {
      const text = `[\n{ ${PIN}\n ${name} = "${HASH}"; }\n]`;
      expect(await cautionsOf({ 'a.nix': text })).toEqual([
        `a.nix:3 other-hash '${name}': not a hash of its image, so it stays as it is`,
      ]);
      expect(listPins({ files: [{ path: 'a.nix', text }] }).pins).toMatchObject([{ hashAttr: 'sha256' }]);
    },
  );

  test('in JSON as well', async () => {
    const text = JSON.stringify({ imageName: 'redis', imageDigest: DIGEST, outputHash: HASH, configHash: HASH });
    expect(await cautionsOf({ 'a.json': text })).toEqual([expect.stringContaining("a.json:1 other-hash 'configHash'")]);
    expect(listPins({ files: [{ path: 'a.json', text }] }).pins).toMatchObject([{ hashAttr: 'outputHash' }]);
  });

  test('of an image in parts as well', async () => {
    const text = `{ image = "redis"; imageDigest = "${DIGEST}"; sha256 = "${HASH}"; configHash = "${HASH}"; }`;
    expect(await cautionsOf({ 'a.nix': text })).toEqual([expect.stringContaining("other-hash 'configHash'")]);
  });
});

describe('an argument of pullImage that pullpin does not know', () => {
  test.each(['ociArchive = true;', 'variant = "v7";', 'configHash = "";'])('is reported once: %s', async (argument) => {
    const text = `{ dockerTools, stdenv }: dockerTools.pullImage {\n  ${PIN}\n  arch = stdenv.hostPlatform.go.GOARCH;\n  ${argument}\n}`;
    const found = await cautionsOf({ 'a.nix': text });
    expect(found).toEqual([expect.stringMatching(/^a\.nix:4 unknown-argument .* '(ociArchive|variant|configHash)'/)]);
  });

  test('several are one line', async () => {
    const text = `{ dockerTools }: dockerTools.pullImage {\n  ${PIN}\n  ociArchive = true;\n  variant = "v7";\n}`;
    expect(await cautionsOf({ 'a.nix': text })).toEqual([expect.stringContaining("'ociArchive', 'variant'")]);
  });

  test('opens what the hash is made from, so that it is proven', () => {
    const whole = 'finalImageName = "redis"; finalImageTag = "7"; os = "linux"; arch = "amd64";';
    const assumed = (more: string) => {
      const text = `{ dockerTools }: dockerTools.pullImage { ${PIN} ${whole} ${more} }`;
      return listPins({ files: [{ path: 'a.nix', text }] }).pins.map((pin) => pin.assumed);
    };
    expect(assumed('')).toEqual([[]]);
    expect(assumed('ociArchive = true;')).toEqual([['fetcher']]);
  });

  test('known ones are not reported', async () => {
    const text = `{ dockerTools }: dockerTools.pullImage { ${PIN} os = "linux"; arch = "amd64"; tlsVerify = true; name = "x.tar"; finalImageName = "x"; }`;
    expect(await cautionsOf({ 'a.nix': text })).toEqual([]);
  });
});

describe('a function that hands nothing to a known fetcher', () => {
  const FETCHER = '{ imageName, imageDigest, sha256 }: runCommand "x" { outputHash = sha256; } "${imageName}"';
  const LINE = /foreign-fetcher fetcher (fetch )?at [ab]\.nix:1 passes nothing to pullImage/;

  test.each([
    ['called with the pin', `{ runCommand }: let fetch = ${FETCHER}; in\nfetch { ${PIN} }`],
    ['called with a named pin', `{ runCommand }: let fetch = ${FETCHER}; web = {\n${PIN} }; in fetch web`],
    ['mapped over pins', `{ runCommand }: let fetch = ${FETCHER}; in map fetch [\n{ ${PIN} } ]`],
    ['called with a merged pin', `{ runCommand }: let fetch = ${FETCHER}; in fetch ({ ${PIN} } // {\n })`],
  ])('is reported: %s', async (_, text) => {
    expect(await cautionsOf({ 'a.nix': text })).toEqual([expect.stringMatching(LINE)]);
  });

  test('is reported when it is in another file', async () => {
    const texts = { 'a.nix': `(import ./b.nix {\n}) { ${PIN} }`, 'b.nix': `{ runCommand ? null }: ${FETCHER}` };
    expect(await cautionsOf(texts)).toEqual([expect.stringMatching(LINE)]);
  });

  test.each([
    [
      'one that calls pullImage',
      `{ dockerTools }: let fetch = args: dockerTools.pullImage (args // { tlsVerify = true; }); in fetch { ${PIN} }`,
    ],
    [
      'one that gives data',
      `{ dockerTools }: let add = args: args // { finalImageName = "x"; }; in dockerTools.pullImage (add { ${PIN} })`,
    ],
    ['one that is not there', `{ fetch }: fetch { ${PIN} }`],
  ])('is not %s', async (_, text) => {
    expect(await cautionsOf({ 'a.nix': text })).toEqual([]);
  });
});

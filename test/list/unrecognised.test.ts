import { describe, expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { listPins } from '../../src/list/list-pins.js';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const HASH = 'sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=';
const REGISTRIES = {
  repository: () => {
    throw new Error('no registry is asked for such a pin');
  },
};

/** What a list says of some files, each as `file:line code`, and the message of the first; a bump must say the same. */
async function problemsOf(texts: Readonly<Record<string, string>>) {
  const files = { files: Object.entries(texts).map(([path, text]) => ({ path, text })) };
  const { problems } = listPins(files);
  const plan = await planBump(files, { registries: REGISTRIES });
  const said = (all: readonly { message: string }[]) => all.map(({ message }) => message).toSorted();
  const own = plan.problems.filter(({ code }) => code !== 'untracked');
  expect(said(own)).toEqual(said(problems));
  const severities = own.map(({ severity, code }) => `${severity} ${code}`);
  return {
    where: problems.map(({ file, line, code }) => `${file}:${line} ${code}`),
    messages: problems.map(({ message }) => message),
    severities,
    unfollowable: plan.counts.unfollowable,
  };
}

describe('a digest that belongs to no pin is a notice, not a failure', () => {
  test.each([
    ['an option that holds an image', `[ "--pause-image=registry/pause:3.9@${DIGEST}" ]`, 1],
    ['an assignment', `{\n  environment = [ "A=b"\n "IMAGE=registry/pause:3.9@${DIGEST}" ]; }`, 3],
    ['a script', `{ s = ''\n  set -e\n  docker run redis:7@${DIGEST} server\n''; }`, 3],
    ['a reference with a scheme', `{ from = "docker://redis:7@${DIGEST}"; }`, 1],
    ['a digest beside a hash', `{\n  name = "x";\n  ref = "${DIGEST}"; hash = "${HASH}"; }`, 3],
    ['a digest by its name', `{ options.a.imageDigest =\n "${DIGEST}"; }`, 1],
    ['the hex alone', `{ digest = "${'a'.repeat(64)}"; }`, 1],
    [
      'a default of an option',
      `{ lib }: {\n  options.x.imageDigest = lib.mkOption {\n    default = "${DIGEST}";\n  };\n}`,
      3,
    ],
    ['a default of a function', `{ a,\n  imageDigest ? "${DIGEST}" }: a imageDigest`, 2],
    ['an argument behind a name', `{ f }: {\n  image = f "acme/web" "${DIGEST}"; }`, 2],
    ['an argument beside a hash', `{ f }: {\n  image = f 1 "${DIGEST}" "${HASH}"; }`, 2],
    ['an item beside a hash', `{ f }: f [\n  "${DIGEST}" "${HASH}" ]`, 2],
    ['a value beside a hash by other names', `{ f }: f {\n  d = "${DIGEST}"; h = "${HASH}"; }`, 2],
    ['the hex alone, beside a hash', `{ rev = "${HEX}"; hash = "${HASH}"; }`, 1],
    ['the hex alone, beside the image', `{ image = "ghcr.io/acme/web";\n sha = "${HEX}"; }`, 2],
    ['the hex alone in a list', `{ f }: f [ "ghcr.io/acme/web" "${HEX}" "${HASH}" ]`, 1],
    ['the hex alone behind an image', `{ from = "ghcr.io/acme/web:1@${HEX}"; }`, 1],
    ['what is called a hash, beside the image', `{ image = "acme/web:1.4"; sha256 = "${HEX}"; }`, 1],
    ['a value beside the image', `{ ref = "ghcr.io/acme/web:1.4"; pinned = "${DIGEST}"; }`, 1],
    ['a value by the name of its image', `{ f }: f { "ghcr.io/acme/web:1.4" = "${DIGEST}"; }`, 1],
    ['a list of digests beside a list of hashes', `{ f }: f [ "${DIGEST}" ] [ "${HASH}" ]`, 1],
    ['two parts that are not an image', `{ repository = "no image"; tag = "1@${DIGEST}"; }`, 1],
  ])('%s', async (_, text, line) => {
    const { where, messages, severities } = await problemsOf({ 'a.nix': `# sha256:\n${text}` });
    expect(where).toEqual([`a.nix:${line + 1} unrecognised`]);
    expect(messages[0]).toContain('a'.repeat(64));
    expect(severities).toEqual(['notice unrecognised']);
  });

  test.each([
    `{ fetchurl }: fetchurl { url = "x"; sha256 = "${DIGEST}"; }`,
    `{ a = { outputHash = "${DIGEST}"; outputHashMode = "flat"; }; }`,
    `{ lock = { rev = "${DIGEST}"; }; }`,
    `{ rev = "${HEX}"; version = "1.2"; }`,
    `{ hashes = { linux = "${HEX}"; darwin = "${HASH}"; }; }`,
    `{ "1.0" = "${HEX}"; "1.1" = "${HEX.replaceAll('a', 'b')}"; }`,
    `{ name = "web-1.0.tar.gz"; url = "https://ghcr.io/web:1"; sha256 = "${HEX}"; }`,
    `{ image = "acme/web"; imageDigest = "${DIGEST}"; sha256 = "${HEX}"; }`,
    `{ dockerTools }: let imageDigest = "${DIGEST}"; in dockerTools.pullImage { imageName = "redis"; hash = ""; inherit imageDigest; }`,
    `{ fetchCrate }: fetchCrate "https://crates.io/x" "${DIGEST}"`,
    `# redis@${DIGEST}\n{ }`,
  ])('what is not a pin is not reported: %s', async (text) => {
    expect((await problemsOf({ 'a.nix': text })).where).toEqual([]);
  });

  test('the digest of a pin in another file is not reported', async () => {
    const texts = {
      'a.nix': `{ dockerTools }: dockerTools.pullImage { imageName = "redis"; imageDigest = (import ./v.nix).digest; hash = ""; }`,
      'v.nix': `{ digest = "${DIGEST}"; otherDigest = "${OTHER}"; }`,
    };
    expect((await problemsOf(texts)).where).toEqual(['v.nix:1 unrecognised']);
  });

  test('in JSON beside a hash, or behind an image', async () => {
    const text = JSON.stringify([
      { ref: DIGEST, hash: HASH },
      { args: ['--image=redis:7@'.concat(OTHER)] },
      { mediaType: 'x', digest: DIGEST.replaceAll('a', 'c'), size: 1 },
    ]);
    expect((await problemsOf({ 'a.json': text })).where).toEqual(['a.json:1 unrecognised', 'a.json:1 unrecognised']);
  });
});

test.each([
  { image: 'ghcr.io/acme/web:1.4', sha256: DIGEST },
  { image: 'ghcr.io/acme/web', digest: HEX, hash: HASH },
  { name: 'ghcr.io/acme/web', version: '1.4', digest: DIGEST },
  ['ghcr.io/acme/web:1.4', DIGEST],
  { args: [`--image=acme/web@${HEX}`] },
])('in JSON beside the image: %j', async (value) => {
  const { where, messages } = await problemsOf({ 'a.json': JSON.stringify(value) });
  expect(where).toEqual(['a.json:1 unrecognised']);
  expect(messages[0]).toContain(HEX);
});

test.each([
  [{ name: 'web', version: '1.4', sha256: HEX }],
  [{ image: 'x', layers: [{ digest: DIGEST, size: 1 }] }],
  [{ url: 'https://ghcr.io/acme/web:1', sha256: HEX }],
])('what is not a pin is not reported in JSON: %j', async (value) => {
  expect((await problemsOf({ 'a.json': JSON.stringify(value) })).where).toEqual([]);
});

test('a digest without its prefix has one in the output', async () => {
  const files = { files: [{ path: 'a.nix', text: `{ digest = "${HEX}"; }` }] };
  expect(listPins(files).problems).toMatchObject([{ imageDigest: DIGEST }]);
});

test.each([
  `{ lib }: { options.x.pinned = lib.mkOption {\n default = "${DIGEST}"; }; }`,
  `{ lib }: with lib; { options.x = mkOption { default = { version = "1";\n rev = "${DIGEST}"; }; }; }`,
])('the default of an option, by any name: %s', async (text) => {
  expect((await problemsOf({ 'a.nix': text })).where).toEqual(['a.nix:2 unrecognised']);
});

test('the message begins with the name of the attribute, and that of an option is the option’s', async () => {
  const behind = `'${DIGEST}' belongs to no pin that can be followed, so it stays as it is`;
  for (const [text, expected] of [
    [`{ a.imageDigest = "${DIGEST}"; }`, `imageDigest: ${behind}`],
    [`{ lib }: { options.x.imageDigest = lib.mkOption { default = "${DIGEST}"; }; }`, `imageDigest: ${behind}`],
    [`{ f }: f [ "${DIGEST}" "${HASH}" ]`, behind],
  ] as const)
    expect((await problemsOf({ 'a.nix': text })).messages).toEqual([expected]);
});

test('only the three nearest names say what a value is', async () => {
  const inside = `{ rev = "${HEX}"; h = "${HASH}"; }`;
  expect((await problemsOf({ 'a.nix': `{ hashes = { b = ${inside}; }; }` })).where).toEqual([]);
  expect((await problemsOf({ 'a.nix': `{ hashes = { a = { b = ${inside}; }; }; }` })).where).toEqual([
    'a.nix:1 unrecognised',
  ]);
});

test('an image whose digest has another name is reported when its registry stands there', async () => {
  const text = `{ config }: { image =\n "ghcr.io/acme/web:\${config.x.version}@\${config.x.rev}"; mail = "me@\${config.x.host}"; }`;
  const { where, messages } = await problemsOf({ 'a.nix': text });
  expect(where).toEqual(['a.nix:2 template']);
  expect(messages).toEqual([expect.stringContaining("'config.x.version'")]);
});

describe('what cannot be followed is reported at its attribute, with its name and the digests in its text', () => {
  test('a digest that is computed', async () => {
    const text = `{ dockerTools, f }:\nd.pullImage {\n  imageName = "redis";\n  imageDigest =\n    f "${DIGEST}";\n  hash = "${HASH}";\n}`;
    const { where, messages, severities, unfollowable } = await problemsOf({ 'a.nix': text.replace('f }', '... }') });
    expect(where).toEqual(['a.nix:4 unfollowable']);
    expect(messages[0]).toMatch(/^imageDigest cannot be followed: 'f "sha256:a+…?'? ?.*at a\.nix:5:5/);
    expect(messages[0]).toContain(DIGEST);
    expect(severities).toEqual(['failure unfollowable']);
    expect(unfollowable).toBe(1);
  });

  test('an image name that is computed, in another file', async () => {
    const texts = {
      'a.nix': '{ dockerTools }: dockerTools.pullImage (import ./b.nix)',
      'b.nix': `{\n  imageName = builtins.getEnv "X";\n  imageDigest = "${DIGEST}"; hash = "${HASH}";\n}`,
    };
    const { where, messages } = await problemsOf(texts);
    expect(where).toContain('b.nix:2 unfollowable');
    expect(messages.every((message) => message.includes(DIGEST) && message.startsWith('imageName '))).toBe(true);
  });

  test('arguments that are merged with something unknown', async () => {
    const text = `{ dockerTools, lib }: let web = { imageName = "web"; imageDigest = "${DIGEST}"; hash = "${HASH}"; }; in
dockerTools.pullImage (lib.unknownMerge web { arch = "arm64"; hash = ""; })`;
    const { messages } = await problemsOf({ 'a.nix': text });
    expect(messages).toEqual([expect.stringContaining(DIGEST)]);
  });

  test('a string of options', async () => {
    const text = `{ config, lib }: let cfg = config.x; in {
  options.x.version = lib.mkOption { default = "1.2"; };
  options.x.imageDigest = lib.mkOption {
    default = "${DIGEST}";
  };
  config.image = "host/x:\${cfg.version}@\${cfg.imageDigest}";
}`;
    const { where, severities } = await problemsOf({ 'a.nix': text });
    expect(where.toSorted()).toEqual(['a.nix:4 unrecognised', 'a.nix:6 template']);
    expect(severities.every((each) => each.startsWith('notice'))).toBe(true);
  });
});

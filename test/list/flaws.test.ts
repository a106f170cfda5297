import { describe, expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { listPins } from '../../src/list/list-pins.js';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;
const call = (rest: string) => `{ dockerTools }: dockerTools.pullImage { ${rest} hash = ""; finalImageTag = "7"; }`;

/** The codes and the messages that a list gives, which a bump must give too, without any request. */
async function problemsOf(text: string, path = 'a.nix'): Promise<{ code: string; message: string }[]> {
  const files = { files: [{ path, text }] };
  const registries = {
    repository: () => {
      throw new Error('no registry is asked for such a pin');
    },
  };
  const inOrder = (problems: readonly { code: string; message: string }[]) =>
    problems.map(({ code, message }) => ({ code, message })).toSorted((a, b) => (a.message < b.message ? -1 : 1));
  const listed = inOrder(listPins(files).problems);
  const plan = await planBump(files, { registries });
  expect(inOrder(plan.problems)).toEqual(listed);
  expect(plan.changes).toEqual([]);
  return listed;
}

describe('a pin whose text is wrong', () => {
  test.each([
    [
      `imageName = "redis:7"; imageDigest = "${DIGEST}";`,
      /^imageName 'redis:7' has a tag in it: write imageName = "redis" and finalImageTag = "7"$/,
    ],
    [
      `imageName = "ghcr.io:443/x/y:v1"; imageDigest = "";`,
      /write imageName = "ghcr.io:443\/x\/y" and finalImageTag = "v1"$/,
    ],
    [`imageName = "docker://redis"; imageDigest = "${DIGEST}";`, /scheme/],
    [`imageName = ""; imageDigest = "${DIGEST}";`, /the name is empty/],
    [`imageName = "redis"; imageDigest = "sha256:${HEX.slice(3)}";`, /has 61 hex digits, and should have 64$/],
    [`imageName = "redis"; imageDigest = "sha256:${HEX.toUpperCase()}";`, /has upper-case digits/],
    [`imageName = "redis"; imageDigest = "${HEX}";`, /is not a digest: sha256: and 64/],
    [
      `imageName = "redis"; imageDigest = "${DIGEST}"; arch = "x86_64";`,
      /^no image has the architecture 'x86_64': write arch = "amd64"$/,
    ],
    [`imageName = "redis"; imageDigest = "${DIGEST}"; arch = "aarch64";`, /write arch = "arm64"$/],
    [`imageName = "redis"; imageDigest = "${DIGEST}"; arch = "";`, /^arch is empty/],
    [`imageName = "redis"; imageDigest = "${DIGEST}"; arch = "linux/arm64";`, /write os = "linux" and arch = "arm64"$/],
    [`imageName = "redis"; imageDigest = "${DIGEST}"; arch = "aarch64-linux";`, /write arch = "arm64"$/],
    [`imageName = "redis"; imageDigest = "${DIGEST}"; arch = "AMD64";`, /write arch = "amd64"$/],
    [
      `imageName = "redis"; imageDigest = "${DIGEST}"; os = "Linux";`,
      /no image has the os 'Linux': write os = "linux"$/,
    ],
    [`imageName = "redis"; imageDigest = "${DIGEST}"; os = "";`, /^os is empty/],
    [
      `imageName = "redis"; imageDigest = "${DIGEST}"; arch = builtins.currentSystem;`,
      /'x86_64-linux': write arch = "amd64"$/,
    ],
    [`imageName = ""; imageDigest = "";`, /^its imageName and imageDigest are empty/],
  ])('has one line, from list and from bump: %s', async (rest, message) => {
    expect(await problemsOf(call(rest))).toEqual([
      { code: expect.any(String), message: expect.stringMatching(message) },
    ]);
  });

  test.each([
    [`"redis:7@sha256:${HEX.slice(3)}"`, /'sha256:a+' has 61 hex digits/],
    [`{ image = "redis@sha256:${HEX}00"; }`, /'sha256:a+00' has 66 hex digits/],
  ])('also as a string: %s', async (text, message) => {
    expect(await problemsOf(text)).toEqual([{ code: 'malformed-reference', message: expect.stringMatching(message) }]);
  });

  test('also in JSON', async () => {
    const text = JSON.stringify([
      { imageName: 'redis:7', imageDigest: DIGEST, hash: '' },
      { imageName: 'redis', imageDigest: DIGEST.slice(0, -3), hash: '' },
      { imageName: '', imageDigest: '', hash: '' },
    ]);
    const codes = (await problemsOf(text, 'a.json')).map(({ code }) => code);
    expect(codes.toSorted()).toEqual(['malformed-digest', 'malformed-reference', 'template']);
  });
});

test.each([
  `{ repository = "ghcr.io/acme/x"; tag = "1@sha256:${HEX.slice(3)}"; }`,
  `{ image = "ghcr.io/acme/x"; tag = "1"; digest = "sha256:${HEX.slice(3)}"; }`,
  `{ image = "ghcr.io/acme/x"; imageDigest = "sha256:${HEX.slice(3)}"; hash = ""; }`,
])('a digest that is cut off in an image in parts: %s', async (text) => {
  const json = text
    .replaceAll(' = ', '": ')
    .replaceAll(/([{;]) (\w)/g, '$1 "$2')
    .replaceAll('; }', ' }')
    .replaceAll(';', ',');
  for (const [path, source] of [
    ['a.nix', text],
    ['a.json', json],
  ] as const)
    expect(await problemsOf(source, path)).toEqual([
      { code: 'malformed-digest', message: expect.stringMatching(/has 61 hex digits, and should have 64$/) },
    ]);
});

test.each([
  `{ image = "ghcr.io/acme/x"; tag = "1"; digest = ""; }`,
  `{ image = "ghcr.io/acme/x"; tag = "1@latest"; }`,
  `{ image = "ghcr.io/acme/x"; tag = "1"; digest = "md5:${HEX}"; }`,
])('what is no digest has no flaw: %s', async (text) => {
  expect(await problemsOf(`# sha256:\n${text}`)).toEqual([]);
});

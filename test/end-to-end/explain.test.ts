import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { image, index, textImage } from '../support/images.js';
import { createNix, type Nix } from '../support/nix-build.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// Each culprit is a pin that Nix itself refuses: its error message goes to pullpin as it is.

const HELLO = fixtureImages()['hello'] ?? expect.unreachable();
const ARM = fixtureImages()['arm-variants'] ?? expect.unreachable();
const OTHER = fixtureImages()['docker-schema2'] ?? expect.unreachable();
let registry: DockerRegistry;
let nix: Nix;
const folder = temporaryFolder();
beforeAll(async () => {
  registry = await startDockerRegistry();
  await registry.push('hello', '1', HELLO);
  await registry.push('other', '1', OTHER);
  nix = createNix();
  mkdirSync(join(folder, '.git'));
});

async function json(...args: string[]): Promise<Record<string, string>> {
  const { stdout } = await runPullpin(['pin', '--json', ...args]);
  return JSON.parse(stdout).pins[0];
}

/** A call with these arguments in image.nix. */
function call(args: Readonly<Record<string, string>>): string {
  const lines = Object.entries(args).map(([name, value]) => `  ${name} = "${value}";\n`);
  return `dockerTools.pullImage {\n  imageName = "${registry.host}/hello";\n${lines.join('')}  tlsVerify = false;\n}\n`;
}

/** What pullpin says of the error that Nix has for a call. */
async function explained(text: string, ...args: string[]) {
  const built = await nix.build(text);
  if (!('refused' in built)) throw new Error('Nix has built it');
  writeFileSync(join(folder, 'image.nix'), `{ dockerTools }:\n${text}`);
  const options = { cwd: folder, stdin: built.refused };
  const { stdout, stderr, exitCode } = await runPullpin(['explain', '--json', ...args, 'image.nix'], options);
  expect(stderr).toBe('');
  const shown = await runPullpin(['explain', ...args, 'image.nix'], options);
  return { exitCode, shown: shown.stdout, ...JSON.parse(stdout).explanations[0] };
}

const DIGEST = HELLO.root.digest;

test('another architecture', async () => {
  const { hash = '' } = await json('--platform', 'linux/arm64', `${registry.host}/hello:1`);
  const found = await explained(call({ imageDigest: DIGEST, hash, finalImageTag: '1', arch: 'amd64' }));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'platform', line: 2 });
  expect(found.message).toContain(
    'is of linux/arm64, and Nix fetches linux/amd64: write os = "linux"; and arch = "arm64";',
  );
  expect(found.message).toContain(`pullpin --system x86_64-linux ${registry.host}/hello:1@sha256:`);
  expect(found.shown).toMatch(/^pin +image\.nix:2\n/);
});

test('a digest of one image, and the hash of another one of its index', async () => {
  await registry.push('hello', 'one', HELLO);
  const { hash = '' } = await json('--platform', 'linux/amd64', `${registry.host}/hello:one`);
  const [amd64, arm64] = HELLO.manifests.map(({ digest }) => digest);
  const found = await explained(call({ imageDigest: arm64 ?? '', hash, finalImageTag: 'one', arch: 'amd64' }));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'platform' });
  expect(found.message).toBe(
    `the hash in the file is of linux/amd64, and Nix fetches linux/arm64, because its digest is of one image, whatever arch says: write the digest ${amd64}, or pullpin bump --hashes image.nix`,
  );
});

test('another variant', async () => {
  await registry.push('hello', 'arm', ARM);
  const { hash = '' } = await json('--platform', 'linux/arm/v6', '--final-tag', '1', `${registry.host}/hello:arm`);
  const found = await explained(call({ imageDigest: ARM.root.digest, hash, finalImageTag: '1', arch: 'arm' }));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'platform' });
  expect(found.message).toMatch(
    /is of linux\/arm\/v6, and Nix fetches linux\/arm(\/v7)?, because arch chooses no variant: write the digest sha256:[0-9a-f]{64}, or pullpin bump --hashes image\.nix$/,
  );
});

test.each([
  ['without the registry', 'hello'],
  ['the whole one', undefined],
])('another name inside the archive: %s', async (_, name) => {
  const image = `${registry.host}/hello:1`;
  const { hash = '' } = await json(...(name ? ['--final-name', name] : []), image);
  const args = {
    imageDigest: DIGEST,
    hash,
    finalImageTag: '1',
    arch: 'amd64',
    ...(name ? {} : { finalImageName: 'hello' }),
  };
  const found = await explained(call(args));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'name' });
  expect(found.message).toContain(
    `write finalImageName = "${name ? 'docker.io/library/hello' : `${registry.host}/hello`}"; beside the digest`,
  );
});

test('no final tag, which is latest, and the hash of another tag of the repository', async () => {
  await registry.push('hello', '2', HELLO);
  const { hash = '' } = await json(`${registry.host}/hello:2`);
  const found = await explained(call({ imageDigest: DIGEST, hash, arch: 'amd64' }));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'name' });
  expect(found.message).toContain('write finalImageTag = "2"; beside the digest');
});

test('another tag inside the archive', async () => {
  const { hash = '' } = await json('--final-tag', 'latest', `${registry.host}/hello:1`);
  const found = await explained(call({ imageDigest: DIGEST, hash, finalImageTag: '1', arch: 'amd64' }));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'name' });
  expect(found.message).toContain(
    'write finalImageTag = "latest"; beside the digest, or pullpin bump --hashes image.nix',
  );
});

test('the hash of nix2container', async () => {
  const { hash = '' } = await json('-t', 'nix2container', '--target', 'nar', `${registry.host}/hello:1`);
  const found = await explained(call({ imageDigest: DIGEST, hash, finalImageTag: '1', arch: 'amd64' }));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'fetcher' });
});

test.each([
  ['the index', () => DIGEST, 'index'],
  ['the manifest', () => HELLO.manifests[0]?.digest ?? '', 'manifest'],
])('the digest of %s in place of the hash', async (_, digest, of) => {
  const sha256 = digest().replace('sha256:', '');
  const found = await explained(call({ imageDigest: DIGEST, sha256, finalImageTag: '1', arch: 'amd64' }));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'digest-as-hash' });
  expect(found.message).toContain(`is the digest of the ${of}`);
});

test.each([
  ['an empty file', 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'empty-file'],
  ['a placeholder', 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'placeholder'],
])('%s', async (_, hash, culprit) => {
  const found = await explained(call({ imageDigest: DIGEST, hash, finalImageTag: '1', arch: 'amd64' }));
  expect(found).toMatchObject({ exitCode: 0, culprit });
});

test('the archive of a skopeo before 1.2', async () => {
  const layers = ['hello\n', 'world\n'].map((text) => ({ bytes: Buffer.from(text) }));
  const old = image({ kind: 'docker', layers, config: '{"architecture":"amd64","os":"linux"}' });
  await registry.push('old', '1', old);
  // What skopeo 1.1.1 wrote of this image, as in test/archive/docker-archive.test.ts.
  const sha256 = '1f91201e52d2395e055337fb22adb27714fcd227a7a58a72254bb29bcd0bd406';
  const names = { finalImageName: 'example/two', finalImageTag: '1' };
  const pin = call({ imageDigest: old.root.digest, sha256, ...names }).replace('/hello"', '/old"');
  const found = await explained(pin);
  expect(found).toMatchObject({ exitCode: 0, culprit: 'old-layout' });
  expect(found.specifiedIs).toBe('the archive docker.io/example/two:1 of a skopeo before 1.2 for linux/amd64');
  expect(found.message).toMatch(/a skopeo before 1\.2 wrote it .*: pullpin bump --hashes image\.nix$/);
});

test('one of two images that an index has for the same platform', async () => {
  const [first, marked] = [textImage('as gzip'), textImage('as zstd')];
  const platform = { os: 'linux', architecture: 'amd64' };
  const annotations = { 'io.github.containers.compression.zstd': 'true' };
  const both = index([
    { image: first, platform },
    { image: marked, platform, annotations },
  ]);
  await registry.push('twice', '1', both);
  const { hash = '' } = await json(`${registry.host}/twice:1`);
  const args = { imageDigest: both.root.digest, hash, finalImageTag: '1', arch: 'amd64' };
  // Debian's skopeo is older than 1.13, so it takes the first image, and pullpin the one that is marked.
  const found = await explained(call(args).replace('/hello"', '/twice"'));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'other-entry' });
  expect(found.message).toContain(`is of ${marked.root.digest}, and Nix takes ${first.root.digest}`);
});

test('the hash of the image that was there before', async () => {
  const { hash = '' } = await json(`${registry.host}/other:1`);
  const found = await explained(call({ imageDigest: DIGEST, hash, finalImageTag: '1', arch: 'amd64' }));
  expect(found).toMatchObject({ exitCode: 0, culprit: 'other-image', specifiedIs: null });
  expect(found.gotIs).toBe(`the archive ${registry.host}/hello:1 for linux/amd64`);
});

test('an error of Nix with two hashes that nothing makes is not explained', async () => {
  // In a repository of its own: each tag with the digest is tried, and other tests add tags to theirs.
  await registry.push('alone', '1', HELLO);
  const hash = `sha256-${Buffer.alloc(32, 7).toString('base64')}`;
  const pin = call({ imageDigest: DIGEST, hash, arch: 'amd64' }).replace('/hello"', '/alone"');
  writeFileSync(join(folder, 'image.nix'), `{ dockerTools }:\n${pin}`);
  const stdin = `specified: ${hash}\ngot: sha256-${Buffer.alloc(32, 8).toString('base64')}\n`;
  const { stdout, exitCode } = await runPullpin(['explain', 'image.nix'], { cwd: folder, stdin });
  expect({ exitCode, text: stdout }).toEqual({
    exitCode: 1,
    // For each of two platforms: two names with each of two tags, in the layout of today and in that of old, and the folder.
    text: expect.stringContaining('(18 tried): the digest may be that of another image'),
  });
});

test('a hash of an image that stands in no file', async () => {
  const image = `${registry.host}/hello:1`;
  const { hash = '' } = await json('--platform', 'linux/arm64', image);
  const { stdout, exitCode } = await runPullpin(['explain', '--image', image, '--got', hash]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`this is the archive ${image} for linux/arm64`);
});

test('of several pins with a placeholder, the one is meant whose name Nix has printed; a mismatch of another download harms nothing', async () => {
  const own = join(folder, 'several');
  mkdirSync(own);
  const pin = (tag: string): string => call({ imageDigest: DIGEST, hash: '', finalImageTag: tag, arch: 'amd64' });
  writeFileSync(join(own, 'a.nix'), `{ dockerTools }: [\n(${pin('1')})\n(${pin('2')})\n]`);
  writeFileSync(
    join(own, 'b.nix'),
    `{ dockerTools }: ${pin('3').replace('/hello"', '/other"').replace(DIGEST, OTHER.root.digest)}`,
  );
  const built = await nix.build(
    pin('2').replace('hash = ""', 'hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="'),
  );
  if (!('refused' in built)) throw new Error('Nix has built it');
  const other = `specified: sha256-${Buffer.alloc(32, 7).toString('base64')}\ngot: sha256-${Buffer.alloc(32, 8).toString('base64')}\n`;
  const run = (stdin: string) => runPullpin(['explain', '--json', '.'], { cwd: own, stdin });
  const { stdout, stderr, exitCode } = await run(`${other}${built.refused}`);
  expect(JSON.parse(stdout)).toMatchObject({
    explanations: [{ file: 'a.nix', line: 11, culprit: 'placeholder' }],
    problems: [{ kind: 'usage' }],
  });
  expect({ stderr, exitCode }).toEqual({
    stderr: expect.stringContaining('no pin in these files has the hash'),
    exitCode: 2,
  });
  const nameless = await run(built.refused.replaceAll(/'[^']*'/g, 'it'));
  expect(nameless.stderr).toContain(
    'the hashes of several pins are still to be filled in (a.nix:2, a.nix:11, b.nix:1): pullpin bump --hashes a.nix b.nix\n',
  );
  const filled = await runPullpin(['bump', '--hashes', 'a.nix', 'b.nix'], { cwd: own });
  expect(filled.stderr).toContain('3 pins changed in 2 files');
});

test('the name of a file is one word of the command that is printed', async () => {
  const own = join(folder, 'odd');
  mkdirSync(own);
  const file = 'a; touch b.nix';
  writeFileSync(join(own, file), `{ dockerTools }: ${call({ imageDigest: DIGEST, hash: '', arch: 'amd64' })}`);
  const stdin = `specified: sha256-${'A'.repeat(43)}=\ngot: sha256-${Buffer.alloc(32, 8).toString('base64')}\n`;
  const { stdout } = await runPullpin(['explain', '.'], { cwd: own, stdin });
  expect(stdout).toContain(`pullpin bump --hashes '${file}'`);
});

test('several pins with another hash are told apart by the user', async () => {
  const own = join(folder, 'alike');
  mkdirSync(own);
  const hash = `sha256-${Buffer.alloc(32, 7).toString('base64')}`;
  const pin = call({ imageDigest: DIGEST, hash, arch: 'amd64' });
  writeFileSync(join(own, 'a.nix'), `{ dockerTools }: [ (${pin}) (${pin.replace(DIGEST, OTHER.root.digest)}) ]`);
  const stdin = `specified: ${hash}\ngot: sha256-${Buffer.alloc(32, 8).toString('base64')}\n`;
  const { stderr, exitCode } = await runPullpin(['explain', '.'], { cwd: own, stdin });
  expect(stderr).toMatch(/several pins have the hash sha256-(?:Bwc|cHB)\S+ \(a\.nix:1, a\.nix:\d+\): name one file/);
  expect(exitCode).toBe(2);
});

test.each(['sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', '0'.repeat(52)])(
  'the placeholder %s on the command line was never filled in',
  async (hash) => {
    const image = `${registry.host}/hello:1`;
    const { stdout, exitCode } = await runPullpin(['explain', '--image', image, '--got', hash]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `this is a placeholder, so the hash was never filled in: pullpin bump --hashes FILE does that in a file, and pullpin ${image} prints the pin\n`,
    );
  },
);

test('a registry that does not answer is named with the image', async () => {
  const got = `sha256-${Buffer.alloc(32, 8).toString('base64')}`;
  const { stderr, exitCode } = await runPullpin(['explain', '--image', '127.0.0.1:9/web:1', '--got', got]);
  expect({ stderr, exitCode }).toEqual({
    stderr: expect.stringMatching(/^pullpin: 127\.0\.0\.1:9\/web:1: 127\.0\.0\.1:9: connection refused/),
    exitCode: 1,
  });
});

test.each([
  [[], '', /^pullpin: stdin has no mismatch of hashes: give it all that Nix printed/],
  [
    [],
    `specified: sha256-${'A'.repeat(42)}E=\ngot: sha256-${'A'.repeat(42)}I=`,
    /^pullpin: no pin in these files has the hash/,
  ],
  [['--got', 'sha256-x'], '', /^pullpin: write --image IMAGE and --got HASH together/],
  [['--image', 'redis:7', '--got', 'nonsense'], '', /^pullpin: --got: 'nonsense' is not a sha256/],
  [
    ['--image', 'redis:7', '--got', '0'.repeat(52), '--specified', `sha256-${'A'.repeat(42)}E=`],
    '',
    /^pullpin: --got is a placeholder, which no download has: write what stands in the file as --specified\n/,
  ],
  [['-'], '', /^pullpin: stdin is for the error message of Nix/],
] as const)('%j with %j is a usage error', async (args, stdin, message) => {
  const { stdout, stderr, exitCode } = await runPullpin(['explain', ...args], { stdin, cwd: folder });
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

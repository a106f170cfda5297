import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FindingJson } from '../../src/check/output/report-json.js';
import { formatHash, type HashFormat } from '../../src/nix/literals/hash.js';
import type { Digest } from '../../src/oci/digest.js';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { type ImageContent, image, index } from '../support/images.js';
import { runInProcess, testContext } from '../support/run-in-process.js';

// Each finding is produced in a real registry, by a pin in a file.

const HELLO = fixtureImages()['hello'] ?? expect.unreachable();
const SINGLE = fixtureImages()['docker-schema2'] ?? expect.unreachable();
const HELLO_AMD64 = HELLO.manifests[0] ?? expect.unreachable();
const HELLO_ARM64 = HELLO.manifests[1] ?? expect.unreachable();
const OTHER = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('other') }] });

let registry: DockerRegistry;
beforeAll(async () => {
  registry = await startDockerRegistry();
  await registry.push('hello', '1', HELLO);
  await registry.push('single', '1', SINGLE);
  await registry.push('moved', '1', SINGLE);
  await registry.push('moved', '1', HELLO);
});

type Attributes = Readonly<Record<string, string>>;

/** A call of pullImage in the text of a file. */
function call(image: string, attributes: Attributes): string {
  const lines = Object.entries(attributes).map(([name, value]) => `    ${name} = "${value}";\n`);
  return `pkgs.dockerTools.pullImage {\n    imageName = "${registry.host}/${image}";\n${lines.join('')}    tlsVerify = false;\n  }`;
}

/** A call that is right in every way, but for the given attributes; an empty one is left out. */
async function pin(image: string, changes: Attributes = {}): Promise<string> {
  const content = image === 'hello' || image === 'moved' ? HELLO : SINGLE;
  const hash = await hashOf(image);
  const all = { imageDigest: content.root.digest, hash, finalImageTag: '1', os: 'linux', arch: 'amd64', ...changes };
  return call(image, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')));
}

async function hashOf(image: string, ...args: string[]): Promise<string> {
  const { stdout } = await runInProcess(['pin', '--json', ...args, `${registry.host}/${image}:1`]);
  return JSON.parse(stdout).pins[0].hash;
}

interface Checked {
  readonly exitCode: number;
  readonly findings: readonly FindingJson[];
  /** The text of the file afterwards. */
  readonly text: string;
  readonly stderr: string;
}

/** Checks the pins in a Nix file. */
async function check(text: string, ...args: string[]): Promise<Checked> {
  const context = testContext();
  mkdirSync(join(context.folder, '.git'));
  const path = join(context.folder, 'pins.nix');
  writeFileSync(path, `{ pkgs }:\n{\n  ${text}\n}\n`);
  const { exitCode, stdout, stderr } = await runInProcess(['check', '--json', ...args, 'pins.nix'], context);
  return {
    exitCode,
    findings: stdout === '' ? [] : JSON.parse(stdout).findings,
    text: readFileSync(path, 'utf8'),
    stderr,
  };
}

/** The only finding that a check has. */
async function onlyFinding(text: string, ...args: string[]): Promise<FindingJson & { readonly exitCode: number }> {
  const { findings, exitCode } = await check(text, ...args);
  expect(findings.map(({ code }) => code)).toHaveLength(1);
  return { ...(findings[0] ?? expect.unreachable()), exitCode };
}

async function pushed(name: string, content: ImageContent): Promise<ImageContent> {
  await registry.push(name, '1', content);
  return content;
}

describe('a pin that is right', () => {
  test.each(['hello', 'single'])('gives no finding: %s', async (name) => {
    expect(await check(`a = ${await pin(name)};`)).toMatchObject({ exitCode: 0, findings: [], stderr: '' });
    expect(await check(`a = ${await pin(name)};`, '--deep', '--hashes')).toMatchObject({ exitCode: 0, findings: [] });
  });

  test('also as a string, and by the digest of its platform', async () => {
    const text = `a = "${registry.host}/hello:1@${HELLO.root.digest}"; b = ${await pin('hello', { imageDigest: HELLO_AMD64.digest })};`;
    expect(await check(text, '--deep')).toMatchObject({ exitCode: 0, findings: [] });
  });
});

describe('alive', () => {
  test('a digest that is gone', async () => {
    await pushed('gone', SINGLE);
    const text = await pin('single');
    await registry.push('gone', '1', OTHER);
    await registry.remove('gone', 'manifests', SINGLE.root.digest);
    const found = await check(`a = ${text.replace('/single', '/gone')};`);
    expect(found.exitCode).toBe(1);
    expect(found.findings).toMatchObject([
      { code: 'dead-digest', level: 'error', file: 'pins.nix', line: 3, column: 7, fix: 'pullpin bump pins.nix:3' },
      { code: 'moved-tag', level: 'warning' },
    ]);
    const asString = await check(`a = "${registry.host}/gone:1@${SINGLE.root.digest}";`);
    expect(asString.findings.map(({ code }) => code)).toEqual(['dead-digest', 'moved-tag']);
  });

  test('an image of an index that is gone', async () => {
    await pushed('lost-image', HELLO);
    await registry.remove('lost-image', 'manifests', HELLO_ARM64.digest);
    const amd64 = (await pin('hello')).replace('/hello', '/lost-image');
    expect(await check(`a = ${amd64};`)).toMatchObject({ exitCode: 0, findings: [] });
    const arm64 = amd64
      .replace('"amd64"', '"arm64"')
      .replace(/hash = ".*"/, `hash = "${await hashOf('hello', '--arch', 'arm64')}"`);
    expect(await onlyFinding(`a = ${arm64};`)).toMatchObject({
      code: 'dead-image',
      exitCode: 1,
      message: expect.stringMatching(/^linux\/arm64: .*the registry has no manifest with this digest/),
    });
    const asString = `a = "${registry.host}/lost-image:1@${HELLO.root.digest}";`;
    expect(await check(asString)).toMatchObject({ exitCode: 0, findings: [] });
    expect(await onlyFinding(asString, '--deep')).toMatchObject({ code: 'dead-image', exitCode: 1 });
  });

  test.each([
    ['dead-layer', () => [...HELLO.blobs.keys()].at(-1) ?? '', /^layer of linux\/arm64: /],
    [
      'dead-config',
      () => JSON.parse(Buffer.from(HELLO_AMD64.bytes).toString()).config.digest,
      /^config of linux\/amd64: /,
    ],
  ] as const)('%s, which only --deep finds', async (code, digest, message) => {
    await pushed(code, HELLO);
    await registry.remove(code, 'blobs', digest());
    const text = `a = "${registry.host}/${code}:1@${HELLO.root.digest}";`;
    expect(await check(text)).toMatchObject({ exitCode: 0, findings: [] });
    const found = await onlyFinding(text, '--deep');
    expect(found).toMatchObject({ code, level: 'error', exitCode: 1, message: expect.stringMatching(message) });
  });

  test('a registry that does not answer is never fine', async () => {
    const silent = await startDockerRegistry();
    await silent.close();
    const text = `a = "${silent.host}/hello:1@${HELLO.root.digest}";`;
    expect(await onlyFinding(text, '--retries', '0')).toMatchObject({
      code: 'look-up-failed',
      level: 'error',
      exitCode: 1,
    });
  });

  test('a registry that wants a login', async () => {
    const locked = await startDockerRegistry({ login: { username: 'a', password: 'b' } });
    const text = `a = "${locked.host}/hello:1@${HELLO.root.digest}";`;
    expect(await onlyFinding(text)).toMatchObject({ code: 'look-up-failed', exitCode: 1 });
  });

  test('something that skopeo refuses', async () => {
    const nested = await pushed('nested', index([{ image: HELLO, platform: { architecture: 'amd64', os: 'linux' } }]));
    const text = `a = ${(await pin('hello', { imageDigest: nested.root.digest })).replace('/hello', '/nested')};`;
    expect(await onlyFinding(text)).toMatchObject({ code: 'unusable-image', exitCode: 1 });
  });
});

describe('current', () => {
  test('a tag that has moved', async () => {
    const text = (await pin('single')).replace('/single', '/moved');
    expect(await onlyFinding(`a = ${text};`)).toMatchObject({
      code: 'moved-tag',
      level: 'warning',
      exitCode: 3,
      message: `tag 1 has ${HELLO.root.digest} now`,
      fix: 'pullpin bump pins.nix:3',
    });
    expect(await check(`# pullpin: freeze\n  a = ${text};`)).toMatchObject({ exitCode: 0, findings: [] });
  });

  test('a bump is advised only where bump would do it: a tag that something else uses stays', async () => {
    await registry.push('ruled', '1.0', SINGLE);
    await registry.push('ruled', '1.1', HELLO);
    const text = (rest: string) =>
      `# pullpin: ^1.0\n  version = "1.0";\n  web = "${registry.host}/ruled:\${version}@${SINGLE.root.digest}";${rest}`;
    const ofFile = async (rest: string, ...args: string[]) => {
      const context = testContext();
      writeFileSync(join(context.folder, 'pins.nix'), `{ pkgs }:\nrec {\n  ${text(rest)}\n}\n`);
      const run = (...words: string[]) => runInProcess([...words, '--insecure', registry.host, 'pins.nix'], context);
      const { stdout } = await run('check', '--json', ...args);
      return { finding: JSON.parse(stdout).findings[0] as FindingJson, bump: await run('bump', '--check') };
    };
    const free = await ofFile('');
    expect(free.finding).toMatchObject({
      code: 'newer-tag',
      fix: expect.stringMatching(/^pullpin bump pins\.nix:\d+$/),
    });
    expect(free.bump.exitCode).toBe(3);
    const used = await ofFile('\n  url = "https://example.com/web-${version}.tar.gz";');
    const reason = /its tag at pins\.nix:4 is also used at pins\.nix:6/;
    expect(used.finding).toMatchObject({
      code: 'newer-tag',
      fix: expect.stringMatching(/^pullpin bump leaves it as it is: /),
    });
    expect(used.finding.fix).toMatch(reason);
    expect(used.bump).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(reason) });
  });

  test('a pin whose directive cannot be read is not advised to be bumped, and fails once', async () => {
    const context = testContext();
    const run = (...words: string[]) => runInProcess([...words, '--insecure', registry.host, 'pins.nix'], context);
    writeFileSync(
      join(context.folder, 'pins.nix'),
      `{\n  # pullpin: bogus bogus\n  a = "${registry.host}/moved:1@${SINGLE.root.digest}";\n}\n`,
    );
    const { findings } = JSON.parse((await run('check', '--json')).stdout) as { findings: FindingJson[] };
    expect(findings.map(({ code }) => code)).toEqual(['malformed-directive', 'moved-tag']);
    expect(findings[1]?.fix).toMatch(/^pullpin bump leaves it as it is: its directive at pins\.nix:2 cannot be read/);
    const { stderr, exitCode } = await run('bump');
    expect(stderr.match(/pins\.nix:2/g)).toHaveLength(1);
    expect([stderr, exitCode]).toEqual([expect.stringContaining('0 up to date, 1 failed'), 1]);
  });

  test('a tag that is gone', async () => {
    const text = `a = "${registry.host}/hello:9@${HELLO.root.digest}";`;
    expect(await onlyFinding(text)).toMatchObject({ code: 'dead-tag', exitCode: 1 });
  });

  test('a pin that follows no tag is noted, and checked all the same', async () => {
    const text = `a = "${registry.host}/hello@${HELLO.root.digest}";`;
    expect(await onlyFinding(text)).toMatchObject({ code: 'untracked', level: 'note', exitCode: 0 });
    expect(await check(text, '--assume-tag', '1')).toMatchObject({ exitCode: 0, findings: [] });
    expect(
      await onlyFinding(
        text.replace('/hello', '/moved').replace(HELLO.root.digest, SINGLE.root.digest),
        '--assume-tag',
        '1',
      ),
    ).toMatchObject({ code: 'moved-tag' });
  });
});

describe('platforms', () => {
  test('an index that lacks the architecture', async () => {
    const text = `a = ${await pin('hello', { arch: 's390x' })};`;
    const found = await onlyFinding(text);
    expect(found).toMatchObject({ code: 'missing-platform', exitCode: 1 });
    expect(found.message).toContain('no image for linux/s390x; there are: linux/amd64, linux/arm64');
  });

  test('the digest of one image, for another architecture', async () => {
    const text = `a = ${await pin('hello', { imageDigest: HELLO_ARM64.digest, hash: await hashOf('hello', '--arch', 'arm64') })};`;
    expect(await onlyFinding(text)).toMatchObject({
      code: 'wrong-arch',
      exitCode: 1,
      message: 'its digest is of an image for linux/arm64, and the pin says linux/amd64',
    });
  });

  test('the same in a table by system', async () => {
    const digests = `{ x86_64-linux = "${HELLO_ARM64.digest}"; aarch64-linux = "${HELLO_ARM64.digest}"; }`;
    const text = `a = pkgs.dockerTools.pullImage {
      imageName = "${registry.host}/hello";
      imageDigest = ${digests}.\${pkgs.system};
      hash = { x86_64-linux = "${await hashOf('hello', '--arch', 'arm64')}"; aarch64-linux = "${await hashOf('hello', '--arch', 'arm64')}"; }.\${pkgs.system};
      finalImageTag = "1";
    };`;
    expect((await check(text)).findings.map(({ code, message }) => [code, message])).toEqual([
      ['wrong-arch', 'its digest is of an image for linux/arm64, and the pin says linux/amd64'],
    ]);
  });

  test('an index without arch; --fix writes it where the hash proves it', async () => {
    const text = `a = ${await pin('hello', { os: '', arch: '' })};`;
    const found = await onlyFinding(text);
    expect(found).toMatchObject({ code: 'missing-arch', level: 'warning', exitCode: 3, fixable: false });
    expect(found.message).toContain('an index (linux/amd64, linux/arm64)');
    expect(await check(text, '--fix')).toMatchObject({ exitCode: 3, findings: [{ fixed: false }] });
    const fixed = await check(text, '--hashes', '--fix');
    expect(fixed).toMatchObject({ exitCode: 0, findings: [{ code: 'missing-arch', fixed: true }] });
    expect(fixed.text).toContain('    os = "linux";\n    arch = "amd64";\n');
    const arm64 = await check(
      text.replace(/hash = ".*"/, `hash = "${await hashOf('hello', '--arch', 'arm64')}"`),
      '--hashes',
      '--fix',
    );
    expect(arm64.text).toContain('arch = "arm64";');
    expect(arm64.exitCode).toBe(0);
  });

  test('one hash for several architectures', async () => {
    const text = `a = ${await pin('hello', { arch: 'ARCH' })};`.replace('"ARCH"', 'pkgs.stdenv.hostPlatform.go.GOARCH');
    expect(await onlyFinding(text)).toMatchObject({ code: 'shared-hash', level: 'warning', exitCode: 3 });
  });
});

describe('hashes', () => {
  test.each([
    ['the digest', () => HELLO.root.digest, 'hash is the digest itself'],
    ['the digest of an image of the index', () => HELLO_AMD64.digest, 'hash is the digest of an image of the index'],
    [
      "the image's id",
      () => JSON.parse(Buffer.from(HELLO_AMD64.bytes).toString()).config.digest,
      "hash is the digest of the image's config",
    ],
    ['a layer', () => [...HELLO.blobs.keys()][1] ?? '', 'hash is the digest of a layer'],
  ] as const)('%s in place of the hash', async (_, digest, message) => {
    const text = `a = ${await pin('hello', { hash: formatHash(digest() as Digest, 'sri') })};`;
    const found = await onlyFinding(text);
    expect(found).toMatchObject({ code: 'digest-as-hash', level: 'error', exitCode: 1, fixable: false });
    expect(found.message).toContain(message);
    const fixed = await check(text, '--hashes', '--fix');
    expect(fixed).toMatchObject({ exitCode: 0, findings: [{ fixed: true }] });
    expect(fixed.text).toContain(await hashOf('hello'));
  });

  test.each([
    ['sha256-abc=', 'malformed-hash'],
    ['0'.repeat(51), 'malformed-hash'],
    [`sha256-${'A'.repeat(43)}=`, 'placeholder-hash'],
  ])('%s', async (hash, code) => {
    const text = `a = ${await pin('hello', { hash })};`;
    expect(await onlyFinding(text)).toMatchObject({
      code,
      exitCode: 1,
      fix: 'pullpin bump --hashes pins.nix:3'.replace(code === 'malformed-hash' ? '' : ' --hashes', ''),
    });
    const fixed = await check(text, '--hashes', '--fix');
    expect(fixed.exitCode).toBe(0);
    expect(fixed.text).toContain(`hash = "${await hashOf('hello')}"`);
  });

  test.each(['nix32', 'hex'] as const)('a hash in %s, which the attribute hash does not take', async (format) => {
    const sri = await hashOf('hello');
    const { stdout } = await runInProcess(['pin', '--hash-format', format, '--json', `${registry.host}/hello:1`]);
    const hex = Buffer.from(sri.slice(7), 'base64').toString('hex');
    const bare = formatHash(`sha256:${hex}`, format satisfies HashFormat);
    expect(stdout).toContain(sri);
    const text = `a = ${await pin('hello', { hash: bare })};`;
    expect(await onlyFinding(text)).toMatchObject({ code: 'untyped-hash', exitCode: 1, fixable: true });
    expect((await check(text, '--fix')).text).toContain(`hash = "${sri}"`);
    expect(await check(text.replace('hash =', 'sha256 ='))).toMatchObject({ exitCode: 0, findings: [] });
    expect(await check(text.replace(bare, `sha256:${bare}`))).toMatchObject({ exitCode: 0, findings: [] });
  });

  test('the hash of another fetcher, platform, name and image: --hashes finds each, and a run without it none', async () => {
    const wrong = {
      'other-fetcher': await hashOf('hello', '-t', 'nix2container', '--target', 'nar'),
      'other-name': await hashOf('hello', '--final-tag', 'latest'),
      'wrong-hash': formatHash(`sha256:${'7'.repeat(64)}`, 'sri'),
    };
    for (const [code, hash] of Object.entries(wrong)) {
      const text = `a = ${await pin('hello', { hash })};`;
      expect(await check(text), code).toMatchObject({ exitCode: 0, findings: [] });
      expect(await onlyFinding(text, '--hashes')).toMatchObject({ code, exitCode: 1, fixable: true });
      const fixed = await check(text, '--hashes', '--fix');
      expect(fixed).toMatchObject({ exitCode: 0, findings: [{ code, fixed: true }] });
      expect(fixed.text).toContain(await hashOf('hello'));
    }
  });

  test('what an earlier run has hashed needs no --hashes', async () => {
    const context = testContext();
    mkdirSync(join(context.folder, '.git'));
    const run = async (...args: string[]) => runInProcess(args, { ...context, said: { stdout: '', stderr: '' } });
    const inFolder = testContext({ folder: context.folder, home: context.home });
    await run('pin', `${registry.host}/hello:1`);
    await run('pin', '--arch', 'arm64', `${registry.host}/hello:1`);
    const hash = await hashOf('hello', '--arch', 'arm64');
    writeFileSync(join(context.folder, 'pins.nix'), `{ pkgs }: ${await pin('hello', { hash })}`);
    const { stdout, exitCode } = await runInProcess(['check', '--json', 'pins.nix'], inFolder);
    expect(JSON.parse(stdout).findings).toMatchObject([{ code: 'other-platform', level: 'error' }]);
    expect(exitCode).toBe(1);
  });

  test.each([
    ['tag', { finalImageTag: 'a b' }],
    ['name', { finalImageName: 'UPPER' }],
  ])('a final %s that no archive can have is a finding of its pin, and the others are checked', async (_, changes) => {
    const other = await pin('moved', { arch: 'riscv64' });
    const { findings, exitCode } = await check(`a = ${await pin('hello', changes)};\n  b = ${other};`);
    expect(exitCode).toBe(1);
    const errors = findings.filter(({ level }) => level === 'error');
    expect(errors.map(({ code }) => code)).toEqual(['malformed-reference', 'missing-platform']);
    expect(findings[0]?.message).toContain('no archive can have its final name and tag');
    expect(findings[0]?.line).toBe(3);
  });

  test('a call without a hash, and one without a digest', async () => {
    expect(await onlyFinding(`a = ${await pin('hello', { hash: '' })};`)).toMatchObject({
      code: 'no-hash',
      exitCode: 1,
    });
    const text = (await pin('hello')).replace(HELLO.root.digest, '');
    expect(await onlyFinding(`a = ${text};`)).toMatchObject({ code: 'no-digest', exitCode: 1 });
  });

  test('a literal that another pin uses as well stays', async () => {
    const hash = formatHash(`sha256:${'7'.repeat(64)}`, 'sri');
    const [hello, single] = [await pin('hello', { hash: 'SHARED' }), await pin('single', { hash: 'SHARED' })];
    const text = `a = let h = "${hash}"; in [ (${hello}) (${single}) ];`.replaceAll('"SHARED"', 'h');
    const both = await check(text, '--hashes', '--fix');
    expect(both.findings).toMatchObject([{ fixed: false }, { fixed: false }]);
    expect(both).toMatchObject({ exitCode: 1, text: `{ pkgs }:\n{\n  ${text}\n}\n` });
  });
});

describe('containers', () => {
  const container = async (image: string): Promise<string> =>
    `virtualisation.oci-containers.containers.hello = { image = "${image}"; imageFile = ${await pin('hello')}; };`;

  test.each(['1', 'latest', '2'])('an image that is not the one in its imageFile: tag %s', async (tag) => {
    const text = await container(`${registry.host}/hello:${tag}`);
    if (tag === '1') {
      expect(await check(text)).toMatchObject({ exitCode: 0, findings: [] });
      return;
    }
    const found = await onlyFinding(text);
    expect(found).toMatchObject({ code: 'other-image', level: 'error', exitCode: 1, line: 3, fixable: true });
    expect(found.message).toBe(
      `image is ${registry.host}/hello:${tag}, and its imageFile has ${registry.host}/hello:1 inside`,
    );
    const fixed = await check(text, '--fix');
    expect(fixed).toMatchObject({ exitCode: 0, findings: [{ fixed: true }] });
    expect(fixed.text).toContain(`image = "${registry.host}/hello:1";`);
  });

  test('also when it is written by dots, and through a function of the file', async () => {
    const args = (await pin('hello')).replace('pkgs.dockerTools.pullImage ', '');
    const text = `x = let pull = args: pkgs.dockerTools.pullImage (args // { finalImageTag = "1"; }); in {
      containers.a.image = "${registry.host}/hello";
      containers.a.imageFile = pull ${args.replace('finalImageTag = "1";', '')};
    };`;
    expect((await check(text)).findings.map(({ code }) => code)).toEqual(['other-image']);
  });
});

test('what is in files besides is reported as list does, and --ignore leaves findings out', async () => {
  const text = `a = ${await pin('hello', { os: '', arch: '' })}; b = pkgs.dockerTools.pullImage (import ./nowhere.nix);`;
  const found = await check(text);
  expect(found).toMatchObject({ exitCode: 1, findings: [{ code: 'missing-arch' }, { code: 'unfollowable' }] });
  expect(await check(text, '--ignore', 'missing-arch,unfollowable')).toMatchObject({ exitCode: 0, findings: [] });
  const refused = await check(text, '--ignore', 'mising-arch');
  expect(refused).toMatchObject({ exitCode: 2, findings: [] });
  expect(refused.stderr).toContain("there is no finding 'mising-arch'; did you mean missing-arch?");
});

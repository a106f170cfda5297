import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/oci/verified.js';
import {
  type Format,
  makeKey,
  referrersList,
  type Signature,
  type SigningKey,
  type Storage,
  signatureImage,
} from '../support/cosign.js';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { type FaultyRegistry, startRegistry } from '../support/faulty-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { gitRepository } from '../support/git-repository.js';
import { type ImageContent, image, index, OCI } from '../support/images.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const HELLO = fixtureImages()['hello'] ?? expect.unreachable();
const DIGEST = HELLO.root.digest;
const ARM = HELLO.manifests[1]?.digest ?? expect.unreachable();
const key = makeKey();
const other = makeKey();
let docker: DockerRegistry;
let own: FaultyRegistry;
/** What the second registry says to refer to each image, by its digest. */
const lists = new Map<string, ImageContent>();
beforeAll(async () => {
  docker = await startDockerRegistry();
  own = await startRegistry({
    faults: [
      {
        on: '/referrers/',
        answer({ path }) {
          const [, digest = ''] = /\/referrers\/([^?]+)/.exec(path) ?? [];
          const body = lists.get(digest)?.root.bytes ?? '{"schemaVersion":2,"manifests":[]}';
          return { status: 200, headers: { 'content-type': OCI.index }, body };
        },
      },
    ],
  });
});

let count = 0;

/** Pushes hello with signatures of a digest into a repository of its own; its name. */
async function pushed(
  storage: Storage,
  format: Format,
  signatures: readonly Signature[],
  about = DIGEST,
): Promise<string> {
  count += 1;
  const repository = `app${count}`;
  const tag = about.replace(':', '-');
  if (storage === 'api') {
    const images = signatures.map((each) => signatureImage(format, [each]));
    own.add(`${repository}:1`, HELLO);
    for (const each of images) own.add(`${repository}:none`, each);
    lists.set(about, referrersList(images, format));
    return `${own.host}/${repository}`;
  }
  await docker.push(repository, '1', HELLO);
  if (signatures.length > 0 && storage === 'tag')
    await docker.push(repository, `${tag}.sig`, signatureImage(format, signatures));
  if (signatures.length > 0 && storage === 'list') {
    const images = signatures.map((each) => signatureImage(format, [each]));
    await docker.push(repository, tag, referrersList(images, format));
  }
  return `${docker.host}/${repository}`;
}

function pin(name: string, file = key.file, ...more: readonly string[]) {
  return runInProcess(['pin', '--no-cache', '--verify-signature', file, ...more, `${name}:1`]);
}

const good: Signature = { key, digest: DIGEST };
const OTHER = digestOf('something else');
const flip = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)));

const PLACES: readonly [Storage, Format][] = [
  ['tag', 'simple'],
  ['list', 'simple'],
  ['api', 'simple'],
  ['list', 'bundle'],
  ['api', 'bundle'],
];

describe.each(PLACES)('a signature kept by %s in the form %s', (storage, format) => {
  test('a good one pins', async () => {
    const { stdout, stderr, exitCode } = await pin(await pushed(storage, format, [good]));
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(DIGEST)]);
    expect(stderr).not.toContain('signed');
  });

  test('one good among several pins', async () => {
    const bad = [
      { ...good, spoil: flip },
      { ...good, key: other },
      { ...good, digest: OTHER },
    ];
    expect((await pin(await pushed(storage, format, [...bad, good]))).exitCode).toBe(0);
  });

  test.each<[string, readonly Signature[], RegExp]>([
    ['a bad one', [{ ...good, spoil: flip }], /none of them is right for this key$/],
    ['one of another key', [{ ...good, key: other }], /none of them is right for this key$/],
    ['one of another digest', [{ ...good, digest: OTHER }], /is for another digest; do not trust it$/],
    [
      'one of another digest in capitals',
      [{ ...good, digest: DIGEST.replace(/[a-f]/g, (x) => x.toUpperCase()) }],
      /another digest/,
    ],
    ['none', [], /the registry has no signature of it$/],
    [
      'one of another statement',
      [{ ...good, change: (text) => text.replace(/cosign container image signature|cosign\/sign\/v1/, 'other') }],
      /is not one of it: /,
    ],
    ['one of no JSON', [{ ...good, change: () => '[1' }], /is not one of it: /],
    ['one of an empty object', [{ ...good, change: () => '{}' }], /is not one of it: /],
    ['an empty one', [{ ...good, spoil: () => Buffer.alloc(0) }], /as a signature is none/],
    ['a random one', [{ ...good, spoil: () => Buffer.from('no signature') }], /none of them is right/],
  ])('%s prints no pin', async (_, signatures, reason) => {
    const name = await pushed(storage, format, signatures);
    if (signatures.length === 0) lists.delete(DIGEST);
    const { stdout, stderr, exitCode } = await pin(name);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`${name}:1: ${DIGEST} is not signed by the key ${key.file}: `);
    expect(stderr.trim()).toMatch(reason);
  });
});

test.each(['rsa', 'ed25519'] as const)('keys of the kind %s', async (kind) => {
  const made = makeKey(kind);
  for (const format of ['simple', 'bundle'] as const) {
    const name = await pushed('list', format, [{ key: made, digest: DIGEST }]);
    expect((await pin(name, made.file)).exitCode).toBe(0);
    expect((await pin(name)).exitCode).toBe(1);
    const spoilt = await pushed('list', format, [{ key: made, digest: DIGEST, spoil: flip }]);
    expect((await pin(spoilt, made.file)).exitCode).toBe(1);
  }
});

test('several keys in a file, or for one name, are alternatives', async () => {
  const both = join(temporaryFolder(), 'both.pub');
  writeFileSync(both, readFileSync(other.file, 'utf8') + readFileSync(key.file, 'utf8'));
  const name = await pushed('tag', 'simple', [good]);
  expect((await pin(name, both)).exitCode).toBe(0);
  expect((await pin(name, other.file, '--verify-signature', key.file)).exitCode).toBe(0);
});

test('a signature of the index is good for an image that was chosen from it, and not the other way round', async () => {
  const signed = await pushed('tag', 'simple', [good]);
  const { stdout, exitCode } = await pin(signed, key.file, '--digest', 'platform', '--platform', 'arm64');
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining(ARM)]);
  const child = await pushed('tag', 'simple', [{ key, digest: ARM }], ARM);
  expect((await pin(child, key.file, '--digest', 'platform', '--platform', 'arm64')).exitCode).toBe(0);
  expect((await pin(child, key.file, '--platform', 'arm64')).exitCode).toBe(1);
  // Nothing says that the index lists the digest when only the digest is named.
  const alone = await runInProcess(['pin', '--no-cache', '--verify-signature', key.file, `${signed}@${ARM}`]);
  expect(alone.exitCode).toBe(1);
});

test('several platforms of an image whose registry lists its signatures', async () => {
  const name = await pushed('api', 'bundle', [good]);
  const words = ['-t', 'per-system', '--platform', 'amd64,arm64'];
  expect((await pin(name, key.file, ...words)).exitCode).toBe(0);
  expect(await pin(name, other.file, ...words)).toMatchObject({ exitCode: 1, stdout: '' });
});

test('another registry must not slip in a signature of another image under the tag of this one', async () => {
  const evil = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [] });
  const name = await pushed('tag', 'simple', []);
  const repository = name.split('/')[1] ?? '';
  await docker.push(
    repository,
    `${DIGEST.replace(':', '-')}.sig`,
    signatureImage('simple', [{ key, digest: evil.root.digest }]),
  );
  expect((await pin(name)).stderr).toContain('is for another digest');
});

test('a large signature, and a list with very many, are not read to the end', async () => {
  const pad = (text: string): string => text.replace('null', JSON.stringify('x'.repeat(2 * 1024 * 1024)));
  const large = await pin(await pushed('tag', 'simple', [{ ...good, change: pad }]));
  expect([large.exitCode, large.stderr]).toEqual([1, expect.stringContaining('it is larger than 1048576 bytes')]);
  const entries = Array.from({ length: 3000 }, (_, at) => ({
    mediaType: OCI.manifest,
    artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    digest: digestOf(String(at)),
    size: 1,
  }));
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI.index, manifests: entries }));
  const name = await pushed('api', 'bundle', []);
  const before = own.questions.length;
  lists.set(DIGEST, { ...HELLO, root: { bytes, mediaType: OCI.index, digest: digestOf(bytes) } });
  const many = await pin(name);
  expect([many.exitCode, many.stderr]).toEqual([1, expect.stringContaining('there are more than 100')]);
  expect(own.questions.length - before).toBeLessThan(250);
});

test('a signature is not read from an address that its manifest gives', async () => {
  const elsewhere = await startRegistry();
  const content = signatureImage('simple', [good]);
  const manifest = JSON.parse(Buffer.from(content.root.bytes).toString());
  manifest.layers[0].urls = [`http://${elsewhere.host}/blob`];
  const bytes = Buffer.from(JSON.stringify(manifest));
  const root = { bytes, mediaType: OCI.manifest, digest: digestOf(bytes) };
  own.add('urls:1', HELLO);
  own.add(`urls:${DIGEST.replace(':', '-')}.sig`, { ...content, root, manifests: [root] });
  expect((await pin(`${own.host}/urls`)).exitCode).toBe(0);
  expect(elsewhere.requests).toEqual([]);
});

test('a registry that fails while it is asked for signatures gives no pin', async () => {
  const failing = await startRegistry({ images: { 'app:1': HELLO }, faults: [{ on: '.sig', status: 500 }] });
  const { stdout, stderr, exitCode } = await pin(`${failing.host}/app`, key.file, '--retries', '0');
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/its signature cannot be looked up, so it is not pinned \(key .*cosign\.pub\)/);
});

describe('a key that cannot be used ends the run before any request', () => {
  const folder = temporaryFolder();
  const file = (text: string): string => {
    writeFileSync(join(folder, 'x.pub'), text);
    return join(folder, 'x.pub');
  };
  test.each<[string, () => string, RegExp]>([
    ['a file that is not there', () => join(folder, 'gone.pub'), /does not exist/],
    ['a folder', () => folder, /is not a regular file/],
    ['a private key', () => key.privateFile, /it has the block PRIVATE KEY, and a PUBLIC KEY is needed/],
    ['no PEM', () => file('hello'), /has no public key in PEM/],
    [
      'damaged PEM',
      () => file('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'),
      /is not a key that cosign makes/,
    ],
    ['a key on another curve', () => makeKey('p384').file, /is not a key that cosign makes/],
    ['a short RSA key', () => makeKey('rsa-1024').file, /is not a key that cosign makes/],
    ['a name that is none', () => `UPPER/case=${key.file}`, /is not \[NAME=\]KEY/],
    ['a name without a key', () => 'ghcr.io=', /names no file with a public key/],
  ])('%s', async (_, text, message) => {
    const before = own.requests.length;
    const { stdout, stderr, exitCode } = await pin(`${own.host}/app1`, text());
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(own.requests.length).toBe(before);
  });
});

describe('the closest name decides', () => {
  const run = async (rules: readonly string[], signer: SigningKey): Promise<number> => {
    const name = await pushed('tag', 'simple', [{ key: signer, digest: DIGEST }]);
    const words = rules.flatMap((rule) => [
      '--verify-signature',
      rule.replace('HOST', docker.host).replace('NAME', name),
    ]);
    return (await runInProcess(['pin', '--no-cache', ...words, `${name}:1`])).exitCode;
  };
  test.each<[string, () => readonly string[], SigningKey, number]>([
    ['the registry', () => [`HOST=${key.file}`], key, 0],
    ['the registry, another key', () => [`HOST=${key.file}`], other, 1],
    ['the repository before the registry', () => [`HOST=${key.file}`, `NAME=${other.file}`], other, 0],
    ['the repository before the registry, another key', () => [`HOST=${key.file}`, `NAME=${other.file}`], key, 1],
    ['the registry before all', () => [key.file, `HOST=${other.file}`], other, 0],
    ['a name that only begins alike', () => [`NAME0=${key.file}`], other, 0],
    ['another registry', () => [`ghcr.io=${key.file}`, `redis=${key.file}`], other, 0],
  ])('%s', async (_, rules, signer, exitCode) => expect(await run(rules(), signer)).toBe(exitCode));
});

describe('settings', () => {
  const bump = (files: Readonly<Record<string, string>>, args: readonly string[], environment = {}) => {
    const made = gitRepository(files);
    const context = testContext({ ...made, environment: { ...made.environment, ...environment } });
    return runInProcess(args, context);
  };
  const stale = (name: string): string => `"${name}:1@${OTHER}"\n`;

  test('bump writes only what is signed, and says what is not', async () => {
    const [signed, bare] = [await pushed('tag', 'simple', [good]), await pushed('tag', 'simple', [])];
    const files = { 'a.nix': stale(signed), 'b.nix': stale(bare), 'cosign.pub': readFileSync(key.file, 'utf8') };
    const made = gitRepository({ ...files, 'pullpin.toml': 'verify-signature = "cosign.pub"\n' });
    const { exitCode, stderr } = await runInProcess(['bump', '--no-cache'], testContext(made));
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${bare}: ${DIGEST} is not signed by the key`);
    expect(readFileSync(join(made.folder, 'a.nix'), 'utf8')).toContain(DIGEST);
    expect(readFileSync(join(made.folder, 'b.nix'), 'utf8')).toBe(stale(bare));
  });

  test("bump takes the index's signature for a pin of one of its images", async () => {
    const signed = await pushed('tag', 'simple', [good]);
    const args = ['bump', '--no-cache', '-n', '--digest', 'platform', '--verify-signature'];
    const { exitCode, stdout } = await bump({ 'a.nix': stale(signed) }, [...args, key.file, '--diff']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(HELLO.manifests[0]?.digest ?? '')]);
    expect((await bump({ 'a.nix': stale(signed) }, [...args, other.file])).exitCode).toBe(1);
  });

  test('lock locks only what is signed', async () => {
    const folder = temporaryFolder();
    const lock = (...args: string[]) =>
      runInProcess(['lock', '--no-cache', '--verify-signature', key.file, ...args], testContext({ folder }));
    const refused = await lock('add', 'bad', `${await pushed('tag', 'simple', [])}:1`);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^pullpin: bad: sha256:\w+ is not signed by the key /),
    });
    expect(existsSync(join(folder, 'images.lock.json'))).toBe(false);
    const locked = await lock('add', 'good', `${await pushed('tag', 'simple', [good])}:1`);
    expect(locked).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(folder, 'images.lock.json'), 'utf8')).toContain(DIGEST);
  });

  test('lock --update reports what is locked and not signed', async () => {
    const made = testContext({ folder: temporaryFolder() });
    const lock = (...args: string[]) => runInProcess(['lock', '--no-cache', ...args], made);
    expect(await lock('add', 'bare', `${await pushed('tag', 'simple', [])}:1`)).toMatchObject({ exitCode: 0 });
    const rule = ['--verify-signature', key.file];
    for (const args of [['--update'], ['--update', '--check']])
      expect(await lock(...args, ...rule)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`bare: ${DIGEST} is not signed by the key`),
      });
  });

  test('a layout has no signatures, so --from refuses an image that must be signed, and takes others', async () => {
    const from = ['pin', '--from', 'oci:fixtures/images/hello', 'registry.example/app:1', '--verify-signature'];
    expect(await runInProcess([...from, key.file])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^pullpin: --verify-signature looks for signatures in a registry, [^\n]+\n$/),
    });
    expect(await runInProcess([...from, `ghcr.io=${key.file}`])).toMatchObject({ exitCode: 0 });
  });

  test('check has a finding for what is not signed, and takes the index that a tag has', async () => {
    const [signed, bare] = [await pushed('tag', 'simple', [good]), await pushed('tag', 'simple', [])];
    const text = (name: string, digest: string): string => `"${name}:1@${digest}"\n`;
    const files = { 'a.nix': text(signed, DIGEST), 'b.nix': text(bare, DIGEST), 'c.nix': text(signed, ARM) };
    const { exitCode, stdout } = await bump(files, ['check', '--no-cache', '--verify-signature', key.file, '--json']);
    const { findings } = JSON.parse(stdout) as { findings: readonly { file: string; code: string; level: string }[] };
    expect(findings.map(({ file, code, level }) => [file, code, level])).toEqual([['b.nix', 'unsigned', 'error']]);
    expect(exitCode).toBe(1);
    expect((await bump(files, ['check', '--no-cache'])).exitCode).toBe(0);
  });

  test("a repository's file sets keys, from its own folder", async () => {
    const name = await pushed('tag', 'simple', [good]);
    const toml = (file: string): string => `verify-signature = ["ghcr.io=no.pub", "${docker.host}=${file}"]\n`;
    const files = {
      'sub/x': '',
      'keys/a.pub': readFileSync(key.file, 'utf8'),
      'keys/b.pub': readFileSync(other.file, 'utf8'),
      'no.pub': readFileSync(other.file, 'utf8'),
    };
    const run = async (file: string) => {
      const { folder, environment } = gitRepository({ ...files, 'pullpin.toml': toml(file) });
      return runInProcess(
        ['pin', '--no-cache', `${name}:1`],
        testContext({ folder: join(folder, 'sub'), environment }),
      );
    };
    expect((await run('keys/a.pub')).exitCode).toBe(0);
    expect((await run('keys/b.pub')).stderr).toContain('is not signed by the key');
  });

  test("a repository's file does not replace what the user's own file asks for", async () => {
    const name = await pushed('tag', 'simple', [{ key: other, digest: DIGEST }]);
    const run = async (ownText: string, projectText: string): Promise<number> => {
      const made = gitRepository({ 'pullpin.toml': projectText });
      const config = temporaryFolder();
      const { mkdirSync } = await import('node:fs');
      mkdirSync(join(config, 'pullpin'));
      writeFileSync(join(config, 'pullpin/pullpin.toml'), ownText);
      const environment = { ...made.environment, XDG_CONFIG_HOME: config };
      return (await runInProcess(['pin', '--no-cache', `${name}:1`], testContext({ ...made, environment }))).exitCode;
    };
    const rule = (of: string, { file }: SigningKey): string => `verify-signature = "${of}=${file}"\n`;
    expect(await run(rule(docker.host, key), rule(docker.host, other))).toBe(1);
    expect(await run(rule(docker.host, key), rule(name, other))).toBe(1);
    expect(await run(rule(docker.host, key), '')).toBe(1);
    expect(await run(rule('ghcr.io', key), rule(docker.host, other))).toBe(0);
    expect(await run(rule('ghcr.io', key), rule(docker.host, key))).toBe(1);
    expect(await run('', rule(docker.host, other))).toBe(0);
  });

  test('the variable, and the other executable', async () => {
    const name = await pushed('tag', 'simple', [good]);
    const env = { PULLPIN_VERIFY_SIGNATURE: `${docker.host}=${other.file}` };
    expect((await runPullpin([`${name}:1`], { env })).exitCode).toBe(1);
    const main = new URL('../../dist/nix-prefetch-docker.cjs', import.meta.url).pathname;
    const { exitCode, stdout, stderr } = await runPullpin([name, '1'], { env: { ...env, PATH: '/nowhere' }, main });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is not signed by the key');
    const right = { PULLPIN_VERIFY_SIGNATURE: key.file };
    expect((await runPullpin([`${name}:1`], { env: right })).exitCode).toBe(0);
  });
});

test('an index that lists another index is no signature of it', async () => {
  own.add('odd:1', HELLO);
  own.add(`odd:${DIGEST.replace(':', '-')}.sig`, index([{ image: signatureImage('simple', [good]) }]));
  lists.delete(DIGEST);
  expect((await pin(`${own.host}/odd`)).stderr).toContain('has no signature of it');
});

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/oci/verified.js';
import { type Format, makeKey, referrersList, type Storage } from '../support/cosign.js';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { type FaultyRegistry, startRegistry } from '../support/faulty-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { type ImageContent, OCI } from '../support/images.js';
import { IDENTITY, type KeylessSignature, policyFile, type Sigstore, startSigstore } from '../support/keyless.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const HELLO = fixtureImages()['hello'] ?? expect.unreachable();
const DIGEST = HELLO.root.digest;
const OTHER = digestOf('something else');

let docker: DockerRegistry;
let own: FaultyRegistry;
let sigstore: Sigstore;
/** Another one, with other keys. */
let stranger: Sigstore;
let policy: string;
/** What the second registry says to refer to the image. */
let list: ImageContent | undefined;
beforeAll(async () => {
  [docker, sigstore, stranger] = await Promise.all([startDockerRegistry(), startSigstore(), startSigstore()]);
  policy = policyFile(sigstore.rootFile);
  const answer = () => {
    const body = list?.root.bytes ?? '{"schemaVersion":2,"manifests":[]}';
    return { status: 200, headers: { 'content-type': OCI.index }, body };
  };
  own = await startRegistry({ faults: [{ on: '/referrers/', answer }] });
});

/** A bundle, or annotations, without the entry of the log. */
function withoutEntry(text: string): string {
  const { 'dev.sigstore.cosign/bundle': _, ...all } = JSON.parse(text);
  if (all.verificationMaterial) all.verificationMaterial.tlogEntries = [];
  return JSON.stringify(all);
}

let count = 0;

/** Pushes hello with signatures of it into a repository of its own; its name. */
async function pushed(storage: Storage, format: Format, artifacts: readonly ImageContent[]): Promise<string> {
  count += 1;
  const repository = `keyless${count}`;
  const tag = DIGEST.replace(':', '-');
  if (storage === 'api') {
    own.add(`${repository}:1`, HELLO);
    for (const each of artifacts) own.add(`${repository}:none`, each);
    list = referrersList(artifacts, format);
    return `${own.host}/${repository}`;
  }
  await docker.push(repository, '1', HELLO);
  const [first] = artifacts;
  if (storage === 'tag' && first) await docker.push(repository, `${tag}.sig`, first);
  if (storage === 'list') await docker.push(repository, tag, referrersList(artifacts, format));
  return `${docker.host}/${repository}`;
}

function pin(name: string, file = policy) {
  return runInProcess(['pin', '--no-cache', '--verify-signature', file, `${name}:1`]);
}

/** Pins an image with one signature of the trusted authorities. */
async function pinSigned(
  storage: Storage,
  format: Format,
  signature: Partial<KeylessSignature> = {},
  { by = sigstore, file = policy }: { readonly by?: Sigstore; readonly file?: string } = {},
) {
  return pin(await pushed(storage, format, [await by.signatureImage(format, { digest: DIGEST, ...signature })]), file);
}

const PLACES: readonly [Storage, Format][] = [
  ['tag', 'simple'],
  ['api', 'simple'],
  ['list', 'bundle'],
  ['api', 'bundle'],
];

describe.each(PLACES)('a signature without a key, kept by %s in the form %s', (storage, format) => {
  test('a good one pins', async () => {
    const { stdout, stderr, exitCode } = await pinSigned(storage, format);
    expect([exitCode, stdout, stderr]).toEqual([
      0,
      expect.stringContaining(DIGEST),
      expect.not.stringContaining('signed'),
    ]);
  });

  const someBytes = (text: string): string =>
    text.replace(
      /("(?:sig|dev\.cosignproject\.cosign\/signature)":"[^"]{20})(.)/,
      (_, before: string, letter: string) => `${before}${letter === 'A' ? 'B' : 'A'}`,
    );
  test.each<[string, Partial<KeylessSignature>, RegExp]>([
    [
      'of somebody else',
      { identity: IDENTITY.replace('acme', 'evil') },
      /it is signed by https:\/\/github\.com\/evil\/web\/\S+ of https:\/\/token\.actions\.\S+$/,
    ],
    ['of somebody with a longer name', { identity: `${IDENTITY}.evil` }, /it is signed by .*\.evil of /],
    [
      'confirmed by somebody else',
      { issuer: 'https://accounts.example.com' },
      /it is signed by .* of https:\/\/accounts\.example\.com$/,
    ],
    ['for another digest', { digest: OTHER }, /is for another digest; do not trust it$/],
    [
      'of something that is no image',
      { change: (text) => text.replace(/cosign container image signature|cosign\/sign\/v1/, 'other') },
      /is not one of it: /,
    ],
    ['that was changed', { spoil: someBytes }, /none of them (?:can be proven|has a certificate): /],
    ['without an entry in the log', { spoil: withoutEntry }, /none of them can be proven: /],
    [
      'without a certificate',
      { spoil: (text) => text.replace(/"(certificate|dev\.sigstore\.cosign\/certificate)":/, '"other":') },
      /none of them /,
    ],
  ])('one %s prints no pin', async (_, signature, reason) => {
    const { stdout, stderr, exitCode } = await pinSigned(storage, format, signature);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`:1: ${DIGEST} is not signed by the signer that ${policy} names: `);
    expect(stderr.trim()).toMatch(reason);
  });

  test('one of other authorities and logs prints no pin', async () => {
    const { stdout, stderr, exitCode } = await pinSigned(storage, format, {}, { by: stranger });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('none of them can be proven: ');
  });

  test.each([
    ['after its certificate had ended', 60 * 60 * 1000],
    ['before its certificate began', -60 * 60 * 1000],
  ])('one that the log saw %s prints no pin', async (_, offset) => {
    const by = await startSigstore({ seen: new Date(Date.now() + offset) });
    const run = await pinSigned(storage, format, {}, { by, file: policyFile(by.rootFile) });
    expect([run.exitCode, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(/none of them can be proven: .*certificate/);
  });

  test('one whose certificate is in no log, where the trusted root lists one, prints no pin', async () => {
    const by = await startSigstore({ logsCertificates: 'asked for only' });
    const run = await pinSigned(storage, format, {}, { by, file: policyFile(by.rootFile) });
    expect([run.exitCode, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toContain('none of them can be proven: expected 1 SCTs, got 0');
  });

  test('a signed time does where the trusted root lists no log, when it is in time', async () => {
    const by = await startSigstore({ proof: 'timestamp' });
    const file = policyFile(by.rootFile);
    expect((await pinSigned(storage, format, {}, { by, file })).exitCode).toBe(0);
    expect(await pinSigned(storage, format, {}, { file })).toMatchObject({ exitCode: 1, stdout: '' });
    const late = await startSigstore({ proof: 'timestamp', seen: new Date(Date.now() + 60 * 60 * 1000) });
    const run = await pinSigned(storage, format, {}, { by: late, file: policyFile(late.rootFile) });
    expect([run.exitCode, run.stdout]).toEqual([1, '']);
  });

  test('none prints no pin', async () => {
    const { stdout, stderr, exitCode } = await pin(await pushed(storage, format, []));
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/the registry has no signature of it\n$/);
  });
});

/** The entries of the log in a bundle, changed. */
function withEntries(change: (entries: readonly unknown[]) => unknown) {
  return (text: string): string => {
    const bundle = JSON.parse(text);
    bundle.verificationMaterial.tlogEntries = change(bundle.verificationMaterial.tlogEntries);
    return JSON.stringify(bundle);
  };
}

test('the proof of one signature is none for another one', async () => {
  const entries: unknown[] = [];
  const kept = withEntries((own) => {
    entries.push(...own);
    return own;
  });
  await sigstore.signatureImage('bundle', { digest: OTHER, spoil: kept });
  expect(entries).toHaveLength(1);
  const run = await pinSigned('list', 'bundle', { spoil: withEntries(() => entries) });
  expect([run.exitCode, run.stdout]).toEqual([1, '']);
  expect(run.stderr).toContain('none of them can be proven');
});

test('very many proofs are not looked at', async () => {
  const run = await pinSigned('list', 'bundle', { spoil: withEntries((own) => Array(50).fill(own[0])) });
  expect([run.exitCode, run.stderr]).toEqual([
    1,
    expect.stringContaining('its signature has 50 proofs, which is too many'),
  ]);
});

test('a key and a file of names are alternatives; neither takes the signature of the other for its own', async () => {
  const key = makeKey();
  const name = await pushed('tag', 'simple', [await sigstore.signatureImage('simple', { digest: DIGEST })]);
  const both = ['pin', '--no-cache', '--verify-signature', key.file, '--verify-signature', policy, `${name}:1`];
  expect((await runInProcess(both)).exitCode).toBe(0);
  expect(await pin(name, key.file)).toMatchObject({ exitCode: 1, stdout: '' });
});

test.each([
  ['/https:\\/\\/github\\.com\\/acme\\/.*@refs\\/tags\\/v.*/', 0],
  ['/acme/', 1],
  ['/.*evil.*|x/', 1],
  [IDENTITY.slice(0, -1), 1],
])('the identity %s is for the whole name', async (identity, exitCode) => {
  expect((await pinSigned('tag', 'simple', {}, { file: policyFile(sigstore.rootFile, { identity }) })).exitCode).toBe(
    exitCode,
  );
});

test('the example of docs/signatures.md, typed and in pullpin.toml, with paths from its own folder', async () => {
  const docs = readFileSync('docs/signatures.md', 'utf8');
  const [, example = ''] = /^```toml\n(trusted-root[\s\S]*?)^```$/m.exec(docs) ?? [];
  const folder = temporaryFolder();
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys/acme.toml'), example);
  writeFileSync(join(folder, 'keys/trusted_root.json'), readFileSync(sigstore.rootFile));
  const name = await pushed('list', 'bundle', [await sigstore.signatureImage('bundle', { digest: DIGEST })]);
  const [, typed = ''] = /^(?:\$ )?pullpin (.*acme\.toml .*)$/m.exec(docs) ?? [];
  const words = typed
    .replace('ghcr.io/acme=', `${docker.host}=keys/`)
    .replace('ghcr.io/acme/web:1.27', `${name}:1`)
    .split(' ');
  const run = (...args: string[]) => runInProcess(['pin', '--no-cache', ...args], testContext({ folder }));
  expect(await run(...words)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(DIGEST) });
  writeFileSync(join(folder, 'pullpin.toml'), `verify-signature = ["${docker.host}=keys/acme.toml"]\n`);
  expect(await run(`${name}:1`)).toMatchObject({ exitCode: 0 });
  writeFileSync(join(folder, 'keys/acme.toml'), example.replace('acme', 'evil'));
  expect(await run(`${name}:1`)).toMatchObject({ exitCode: 1, stdout: '' });
  writeFileSync(join(folder, 'pins.nix'), `"${name}:1@${DIGEST}"\n`);
  const checked = await runInProcess(['check', '--json', '--no-cache'], testContext({ folder }));
  expect(JSON.parse(checked.stdout).findings).toMatchObject([{ code: 'unsigned' }]);
});

describe('a file that cannot be used ends the run before any request', () => {
  const folder = temporaryFolder();
  const root = join(folder, 'root.json');
  writeFileSync(root, '{"certificateAuthorities":[],"tlogs":[]}');
  writeFileSync(join(folder, 'text.json'), 'not JSON');
  const fields = `issuer = "https://i.example"\nidentity = "ann@example.com"\n`;

  test.each([
    ['', /trusted-root is missing: write trusted-root = /],
    ['trusted-root = "root.json"\nissuer = "x"\n', /identity is missing/],
    ['trusted-root = "root.json"\nissuer = "x"\nidentity = ""\n', /identity is no text/],
    ['trusted-root = "root.json"\nissuer = 1\nidentity = "x"\n', /issuer is no text/],
    [`${fields}trusted-rot = "root.json"\n`, /there is no key 'trusted-rot'; did you mean trusted-root\?/],
    ['issuer = ', /line 1: this is not TOML/],
    [`trusted-root = "no.json"\n${fields}`, /no\.json: .*(?:there is no such file|does not exist)/],
    [
      `trusted-root = "text.json"\n${fields}`,
      /text\.json: it (?:is not a trusted root|lists no certificate authority)/,
    ],
    [`trusted-root = "root.json"\n${fields}`, /root\.json: it lists no certificate authority/],
    [`trusted-root = "root.json"\nissuer = "x"\nidentity = "/(?<=a)b/"\n`, /identity .*look-around/],
  ])('%j', async (text, reason) => {
    const file = join(folder, 'who.toml');
    writeFileSync(file, text);
    const before = own.questions.length;
    const { exitCode, stdout, stderr } = await runInProcess(['pin', '--verify-signature', file, `${own.host}/x:1`]);
    expect([exitCode, stdout, own.questions.length]).toEqual([2, '', before]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`--verify-signature ${dirname(file)}`);
    expect(stderr).toMatch(reason);
  });
});

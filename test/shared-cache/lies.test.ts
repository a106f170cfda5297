import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameOfQuestion, type Question, writeSharedEntry } from '../../src/shared-cache/entries/entry.js';
import { parseSecretKey } from '../../src/shared-cache/entries/key-text.js';
import { signerOf } from '../../src/shared-cache/entries/keys.js';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { entriesIn, makeTeam } from '../support/shared-cache.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// Entries whose signature is good and whose answer is wrong: a writer that has a fault, or that somebody has taken over.

const team = await makeTeam();
const registry = await startRegistry();
const bytes = Buffer.alloc(2 * 1024 * 1024, 'layer');
registry.add(
  'app:1',
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes, compression: 'gzip stored' }] }),
);
const PIN = ['pin', '--json', `${registry.host}/app:1`];
const alone = await team.read('file:///nowhere', [...PIN, '--no-cache']);
const truth = JSON.parse(alone.stdout).pins[0] as { hash: string; os: string };
const WRONG = `sha256:${'1'.repeat(64)}`;

/** A shared cache that was filled by a run, after which some answers were changed and signed again. */
async function changed(change: (kind: string, answer: Record<string, unknown>) => object): Promise<string> {
  const folder = temporaryFolder();
  await team.write(`file://${folder}`, PIN);
  const secret = parseSecretKey(readFileSync(team.secretFile, 'utf8'));
  const signer = secret && signerOf(secret);
  for (const name of entriesIn(folder)) {
    const [line = ''] = readFileSync(join(folder, 'ac', name), 'utf8').split('\n');
    const { question, answer } = JSON.parse(line) as { question: string; answer: Record<string, unknown> };
    const [, kind = '', key = ''] = /^(\w+) (.*)$/s.exec(question) ?? [];
    const asked = { kind, key } as Question;
    expect(nameOfQuestion(asked)).toBe(name);
    const entry = signer && writeSharedEntry(asked, { ...change(kind, answer) }, signer);
    writeFileSync(join(folder, 'ac', name), entry ?? '');
  }
  return `file://${folder}`;
}

test('a wrong hash is found by --verify-shared: a failure that names image, cache and both hashes, and no pin', async () => {
  const url = await changed((kind, answer) => (kind === 'hash' ? { ...answer, sha256: WRONG } : answer));
  const { exitCode, stdout, stderr } = await team.read(url, [...PIN, '--verify-shared', '100%']);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout).pins).toEqual([]);
  expect(stderr).toContain(`the shared cache ${url} has a wrong hash for sha256:`);
  expect(stderr).toContain(WRONG);
  expect(stderr.split('\n').filter(Boolean)).toHaveLength(1);
  // The limit of what a signature can do: without a sample, the hash is believed, and the build fails.
  const believed = await team.read(url, PIN);
  expect(JSON.parse(believed.stdout).pins[0].hash).toBe(
    `sha256-${Buffer.from('1'.repeat(64), 'hex').toString('base64')}`,
  );
});

test('a wrong size of what is hashed is found as well', async () => {
  const url = await changed((kind, answer) => (kind === 'hash' ? { ...answer, size: 1 } : answer));
  expect((await team.read(url, [...PIN, '--verify-shared', '100'])).exitCode).toBe(1);
});

test('a run that computes in any case compares', async () => {
  const url = await changed((kind, answer) => (kind === 'hash' ? { ...answer, sha256: WRONG } : answer));
  const { exitCode, stderr } = await team.read(url, [...PIN, '--archive', join(temporaryFolder(), 'app.tar')]);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('has a wrong hash')]);
});

test('right hashes pass the check, and the check is not remembered as a failure', async () => {
  const url = await changed((_, answer) => answer);
  expect(await team.read(url, [...PIN, '--verify-shared', '100%'])).toEqual({ ...alone });
});

test('a config that is not the one of the image is not used', async () => {
  const config = Buffer.from('{"architecture":"evil","os":"linux"}').toString('base64');
  const url = await changed((kind, answer) => (kind === 'hash' ? { ...answer, config } : answer));
  const before = registry.questions.length;
  expect((await team.read(url, PIN)).stdout).toBe(alone.stdout);
  // The registry was asked for the right one, and for no layer.
  expect(registry.questions.slice(before).filter((question) => question.includes('blobs/'))).toHaveLength(1);
});

test.each([
  ['another digest', { digest: WRONG }],
  ['another size', { size: 7 }],
  ['a size beyond all bounds', { size: 2 ** 52 }],
  ['a size that is no number', { size: 'large' }],
  ['nothing', { digest: undefined, size: undefined }],
])('a layer of which the cache says %s gives the right hash', async (_, lie) => {
  const url = await changed((kind, answer) => (kind === 'layer' ? { ...answer, ...lie } : {}));
  const { stdout, exitCode } = await team.read(url, PIN);
  expect({ exitCode, hash: JSON.parse(stdout).pins[0].hash }).toEqual({ exitCode: 0, hash: truth.hash });
});

test.each([
  [{}],
  [{ sha256: 'x', size: 1 }],
  [{ sha256: WRONG }],
  [{ sha256: WRONG, size: -1 }],
  [{ sha256: [WRONG], size: 1 }],
])('a signed answer of another form counts as missing: %j', async (answer) => {
  const url = await changed((kind, right) => (kind === 'hash' ? answer : right));
  expect((await team.read(url, PIN)).stdout).toBe(alone.stdout);
});

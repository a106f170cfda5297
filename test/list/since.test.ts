import { expect, test } from 'vitest';
import { listPins } from '../../src/list/list-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HASH = 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

function pin(values: Readonly<Record<string, string>>): string {
  const all = { imageName: 'redis', imageDigest: DIGEST, hash: HASH, finalImageTag: '1', ...values };
  const attributes = Object.entries(all).map(([name, value]) => `${name} = "${value}";`);
  return `{ dockerTools }: dockerTools.pullImage { ${attributes.join(' ')} }`;
}

function newSince(before: string, after: string): number {
  const since = { files: [{ path: 'a.nix', text: before }] };
  return listPins({ files: [{ path: 'a.nix', text: after }] }, { since }).pins.length;
}

test.each([
  ['the tag', { finalImageTag: '2' }],
  ['the final name', { finalImageName: 'cache' }],
  ['the image', { imageName: 'valkey' }],
  ['the architecture', { arch: 'arm64' }],
  ['the system', { os: 'windows' }],
  ['the digest', { imageDigest: `sha256:${'b'.repeat(64)}` }],
  ['the hash', { hash: '' }],
])('a pin of which %s has moved is new since the earlier revision', (_, values) => {
  expect(newSince(pin({}), pin(values))).toBe(1);
});

test('a pin of which only the followed tag has moved is new', () => {
  expect(newSince(`# pullpin: 1\n${pin({})}`, `# pullpin: 2\n${pin({})}`)).toBe(1);
});

test('a pin that has only moved within its file is not new', () => {
  expect(newSince(pin({}), `# one line more\n${pin({})}`)).toBe(0);
});

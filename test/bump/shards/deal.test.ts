import { expect, test } from 'vitest';
import { sitesOfShard } from '../../../src/bump/shards/deal.js';
import { findInFiles } from '../../../src/list/find.js';
import type { PinSite } from '../../../src/nix/find/pin-site.js';

const digest = (number: number): string => `sha256:${number.toString(16).padStart(64, '0')}`;
const HASH = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

function call(name: string, of = `"${digest(1)}"`, tag = '"1"'): string {
  return `dockerTools.pullImage { imageName = "${name}"; imageDigest = ${of}; hash = "${HASH}"; finalImageTag = ${tag}; }`;
}

function found(files: Record<string, string>): readonly PinSite[] {
  return findInFiles({ files: Object.entries(files).map(([path, text]) => ({ path, text })) }).sites;
}

const list = (calls: readonly string[]): string =>
  `{ dockerTools }:\n[\n${calls.map((each) => `(${each})`).join('\n')}\n]\n`;

/** The shards that have a pin of an image, by the names of the images. */
function dealt(sites: readonly PinSite[], count: number, byFile = false): Map<string, Set<number>> {
  const shards = new Map<string, Set<number>>();
  for (let index = 1; index <= count; index += 1)
    for (const { imageName } of sitesOfShard(sites, { index, count }, { byFile }))
      shards.set(imageName.text, (shards.get(imageName.text) ?? new Set()).add(index));
  return shards;
}

test('each pin is in one shard, and each repository in one, however its name is written', () => {
  const names = ['redis', 'docker.io/library/redis', 'ghcr.io/a/b', 'ghcr.io/a/c', 'quay.io/x/y'];
  const sites = found({ 'a.nix': list([...names, ...names].map((name) => call(name))) });
  for (const count of [1, 2, 3, 8]) {
    const all = Array.from({ length: count }, (_, at) =>
      sitesOfShard(sites, { index: at + 1, count }, { byFile: false }),
    );
    expect(all.flat().toSorted((a, b) => a.start - b.start)).toEqual(sites);
    const shards = dealt(sites, count);
    for (const own of shards.values()) expect(own.size).toBe(1);
    expect(shards.get('redis')).toEqual(shards.get('docker.io/library/redis'));
  }
});

test('500 repositories of 1 to 11 tags are dealt so that no machine has two tags more than another', () => {
  const calls = Array.from({ length: 500 }, (_, app) =>
    Array.from({ length: (app % 11) + 1 }, (_, tag) => call(`r.example/team/app${app}`, undefined, `"${tag}"`)),
  ).flat();
  const sites = found({ 'a.nix': list(calls) });
  const sizes = [1, 2, 3, 4, 5, 6, 7, 8].map(
    (index) => sitesOfShard(sites, { index, count: 8 }, { byFile: false }).length,
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(calls.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(2);
});

test('one repository with many tags does not draw others to its machine', () => {
  const calls = [
    ...Array.from({ length: 30 }, (_, at) => call('r.example/large', undefined, `"${at}"`)),
    ...Array.from({ length: 30 }, (_, at) => call(`r.example/small${at}`)),
  ];
  const shards = dealt(found({ 'a.nix': list(calls) }), 2);
  const [large] = shards.get('r.example/large') ?? [];
  expect([...shards].filter(([, own]) => own.has(large ?? 0)).map(([name]) => name)).toEqual(['r.example/large']);
});

test.each([
  ['a digest', `let d = "${digest(1)}"; in { a = ${call('r.example/a', 'd')}; b = ${call('r.example/b', 'd')}; }`],
  [
    'a tag',
    `let t = "1"; in { a = ${call('r.example/a', undefined, 't')}; b = ${call('r.example/b', undefined, 't')}; }`,
  ],
  [
    'a part of a tag',
    `let t = "1"; in { a = ${call('r.example/a', undefined, '"v${t}"')}; b = ${call('r.example/b', undefined, 't')}; }`,
  ],
])('pins of several repositories that share the literal of %s stay together', (_, code) => {
  const others = Array.from({ length: 6 }, (_, at) => call(`r.example/other${at}`));
  const sites = found({ 'a.nix': `{ dockerTools }: ${code}`, 'b.nix': list(others) });
  expect(sites).toHaveLength(8);
  for (const count of [2, 3, 8]) {
    const shards = dealt(sites, count);
    expect(shards.get('r.example/a')).toEqual(shards.get('r.example/b'));
  }
});

test('pins that share a value with a third one stay together, over several files', () => {
  const files = {
    'v.nix': `{ d = "${digest(1)}"; t = "1"; }`,
    'a.nix': `{ dockerTools }: let v = import ./v.nix; in ${call('r.example/a', 'v.d')}`,
    'b.nix': `{ dockerTools }: let v = import ./v.nix; in ${call('r.example/b', 'v.d', 'v.t')}`,
    'c.nix': `{ dockerTools }: let v = import ./v.nix; in ${call('r.example/c', undefined, 'v.t')}`,
    'd.nix': list(Array.from({ length: 6 }, (_, at) => call(`r.example/other${at}`))),
  };
  const read = (path: string): string | undefined => files[path as keyof typeof files];
  const pinFiles = { files: Object.entries(files).map(([path, text]) => ({ path, text })), read };
  const shards = dealt(findInFiles(pinFiles).sites, 4);
  expect(shards.get('r.example/c')).toEqual(shards.get('r.example/a'));
  expect(shards.get('r.example/b')).toEqual(shards.get('r.example/a'));
});

test('a run that may insert attributes keeps the pins of a file together', () => {
  const sites = found({
    'a.nix': list(['a', 'b', 'c', 'd'].map((name) => call(`r.example/${name}`))),
    'b.nix': list([call('r.example/e')]),
  });
  expect(new Set([...dealt(sites, 2).values()].flatMap((own) => [...own]))).toEqual(new Set([1, 2]));
  const shards = dealt(sites, 2, true);
  for (const name of ['b', 'c', 'd']) expect(shards.get(`r.example/${name}`)).toEqual(shards.get('r.example/a'));
  expect(shards.get('r.example/e')).not.toEqual(shards.get('r.example/a'));
});

test('what the machines do does not depend on the order of the files', () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [
      `${at}.nix`,
      list([call(`r.example/app${at % 7}`), call(`r.example/${at}`)]),
    ]),
  );
  const reversed = Object.fromEntries(Object.entries(files).reverse());
  const sorted = (shards: Map<string, Set<number>>) => [...shards].toSorted();
  expect(sorted(dealt(found(reversed), 3))).toEqual(sorted(dealt(found(files), 3)));
});

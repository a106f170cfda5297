import { describe, expect, test } from 'vitest';
import { findInFiles } from '../../src/list/find.js';
import { findGroups } from '../../src/list/find-groups.js';
import type { PinFiles } from '../../src/list/pin-files.js';
import { loadParsers } from '../../src/text/load-parsers.js';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const pin = (name: string) =>
  `dockerTools.pullImage { imageName = "${name}"; imageDigest = "${DIGEST}"; hash = "${'0'.repeat(52)}"; }`;

const FILES = {
  'alone.nix': `{ dockerTools }: ${pin('alone')}`,
  'other.nix': `{ dockerTools }: ${pin('other')}`,
  'caller.nix': '{ dockerTools }: dockerTools.pullImage (import ./values.nix)',
  'values.nix': `{ imageName = "called"; imageDigest = "${DIGEST}"; hash = "${'0'.repeat(52)}"; }`,
  'json.nix': '{ dockerTools }: dockerTools.pullImage (builtins.fromJSON (builtins.readFile ./json.json))',
  'json.json': JSON.stringify({ imageName: 'json', imageDigest: DIGEST, hash: '0'.repeat(52) }),
  'naming.nix': '{ pkgs }: import ./function.nix { inherit pkgs; arch = "arm64"; }',
  'function.nix': `{ pkgs, arch }: pkgs.dockerTools.pullImage { imageName = "function"; imageDigest = "${DIGEST}"; hash = "${'0'.repeat(52)}"; inherit arch; }`,
  'compose.yaml': `a:\n  image: web:1@${DIGEST}\n`,
  'broken.nix': '{ x = ; imageDigest = "sha256:"; }',
  'nothing.nix': '{ }',
};

const pinFiles = (files: Readonly<Record<string, string>>): PinFiles => ({
  files: Object.entries(files).map(([path, text]) => ({ path, text })),
});

await loadParsers(pinFiles(FILES).files, false);

async function groupsOf(files: PinFiles, isApart = true) {
  const groups = [];
  for await (const group of findGroups(files, { isApart })) groups.push(group);
  return groups;
}

const namesIn = (groups: Awaited<ReturnType<typeof groupsOf>>) =>
  groups.map(({ sites }) => sites.map(({ imageName }) => imageName.text));

describe('the groups of a run', () => {
  test('have together what one search finds', async () => {
    const files = pinFiles(FILES);
    const whole = findInFiles(files);
    const groups = await groupsOf(files);
    const byFile = <Placed extends { readonly file: string }>(all: readonly Placed[]) =>
      all.toSorted((one, other) => (one.file < other.file ? -1 : 1));
    expect(byFile(groups.flatMap(({ sites }) => sites))).toEqual(byFile(whole.sites));
    expect(byFile(groups.flatMap(({ problems }) => problems))).toEqual(byFile(whole.problems));
    expect(whole.sites.length).toBeGreaterThan(5);
  });

  test('are those of files that read others, and of each file that reads none and is read by none', async () => {
    const [first = [], ...others] = namesIn(await groupsOf(pinFiles(FILES)));
    expect(first.toSorted()).toEqual(['called', 'function', 'json']);
    expect(others).toEqual([['alone'], ['other'], ['web'], []]);
  });

  test.each([
    ['a path', './values.nix'],
    ['a path that is put together', './. + "/values.nix"'],
    ['a text behind a folder that a name holds', '(let here = ./.; in here + "/values.nix")'],
  ])('join a file with what it reads by %s', async (_, path) => {
    const caller = `{ dockerTools }: dockerTools.pullImage (import (${path}))`;
    const files = pinFiles({ 'caller.nix': caller, 'values.nix': FILES['values.nix'] });
    expect(namesIn(await groupsOf(files))).toEqual(namesIn([findInFiles(files)]));
  });

  test('are one where nothing is wanted apart, and where code outside of the run may read its files', async () => {
    const files = pinFiles(FILES);
    expect(await groupsOf(files, false)).toHaveLength(1);
    const callers = { files: [{ path: '/elsewhere.nix', text: '{ }' }], read: () => undefined };
    expect(await groupsOf({ ...files, folder: '/', callers })).toHaveLength(1);
  });
});

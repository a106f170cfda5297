import { expect, test } from 'vitest';
import { platformAttributes } from '../../../src/nix/edit/add-attributes.js';
import { applyEdits, differsOnlyIn } from '../../../src/nix/edit/edit.js';
import { findPins } from '../../../src/nix/find/find-pins.js';

const ARM64 = { os: 'linux', architecture: 'arm64' };
const DIGEST = `sha256:${'a'.repeat(64)}`;

function added(source: string, files: Readonly<Record<string, string>> = {}): string | undefined {
  const read = (path: string): string | undefined => (path === 'a.nix' ? source : files[path]);
  const [site] = findPins(source, { path: 'a.nix', read }).sites;
  if (!site) throw new Error('no pin');
  const edit = platformAttributes(site, ARM64, read);
  if (!edit) return undefined;
  const before = read(edit.file) ?? '';
  const after = applyEdits(before, [edit]);
  expect(differsOnlyIn(before, after, [edit])).toBe(true);
  return after;
}

test.each([
  [
    'on lines of their own',
    'p.pullImage {\n  imageName = "a";\n\timageDigest = "D"; # why\n}',
    'p.pullImage {\n  imageName = "a";\n\timageDigest = "D"; # why\n\tos = "linux";\n\tarch = "arm64";\n}',
  ],
  [
    'as on Windows',
    'p.pullImage {\r\n imageName = "a";\r\n imageDigest = "D";\r\n}',
    'p.pullImage {\r\n imageName = "a";\r\n imageDigest = "D";\r\n os = "linux";\r\n arch = "arm64";\r\n}',
  ],
  [
    'in one line',
    'p.pullImage { imageName="a"; imageDigest="D"; x=1; }',
    'p.pullImage { imageName="a"; imageDigest="D"; os="linux"; arch="arm64"; x=1; }',
  ],
  [
    'before the rest of the line',
    'p.pullImage {\n  imageName = "a";\n  imageDigest = "D"; }',
    'p.pullImage {\n  imageName = "a";\n  imageDigest = "D"; os = "linux"; arch = "arm64"; }',
  ],
  [
    'without os when that is there',
    'p.pullImage { os = "linux"; imageName = "a"; imageDigest = "D"; }',
    'p.pullImage { os = "linux"; imageName = "a"; imageDigest = "D"; arch = "arm64"; }',
  ],
  [
    'under a dotted name',
    '{ x.imageName = "a";\n  x.imageDigest = "D";\n}',
    '{ x.imageName = "a";\n  x.imageDigest = "D";\n  x.os = "linux";\n  x.arch = "arm64";\n}',
  ],
  [
    'beside the name when the digest is a variable',
    'let d = "D"; in p.pullImage { imageName = "a"; imageDigest = d; }',
    'let d = "D"; in p.pullImage { imageName = "a"; os = "linux"; arch = "arm64"; imageDigest = d; }',
  ],
])('%s', (_, before, after) => {
  expect(added(before.replace('"D"', `"${DIGEST}"`))).toBe(after.replace('"D"', `"${DIGEST}"`));
});

test('in the file that holds the values', () => {
  const values = `{ imageName = "a"; imageDigest = "${DIGEST}"; }`;
  expect(added('p.pullImage (import ./b.nix)', { 'b.nix': values })).toBe(
    `{ imageName = "a"; imageDigest = "${DIGEST}"; os = "linux"; arch = "arm64"; }`,
  );
});

test('not where the values are variables, nor in JSON', () => {
  const variables = `let imageName = "a"; imageDigest = "${DIGEST}"; in p.pullImage { inherit imageName imageDigest; }`;
  expect(added(variables)).toBeUndefined();
  const json = JSON.stringify({ imageName: 'a', imageDigest: DIGEST });
  const importing = 'p.pullImage (builtins.fromJSON (builtins.readFile ./b.json))';
  expect(added(importing, { 'b.json': json })).toBeUndefined();
});

test.each([
  ['{ imageName, imageDigest }: p.pullImage { inherit imageName imageDigest; }'],
  ['args@{ imageName, imageDigest }: p.pullImage args'],
  ['{ imageName, imageDigest }@args: p.pullImage (args // { x = 1; })'],
])('nothing is added to what is given to %s, which takes no other attributes', (f) => {
  const source = `let f = ${f}; in f { imageName = "a"; imageDigest = "${DIGEST}"; }`;
  const after = added(source);
  expect(after === undefined || after.endsWith(`in f { imageName = "a"; imageDigest = "${DIGEST}"; }`)).toBe(true);
});

test('with three dots, a function takes more', () => {
  const source = `let f = args@{ imageName, ... }: p.pullImage args; in f { imageName = "a"; imageDigest = "${DIGEST}"; }`;
  expect(added(source)).toContain(`imageDigest = "${DIGEST}"; os = "linux"; arch = "arm64";`);
});

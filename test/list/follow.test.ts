import { describe, expect, test } from 'vitest';
import { findInFiles } from '../../src/list/find.js';
import { listPins } from '../../src/list/list-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** The tags that the pins of a program follow, and why. */
function followed(text: string, path = 'a.nix'): (string | null)[] {
  const { pins } = listPins({ files: [{ path, text }] });
  return pins.map(({ follows, followedBy }) => follows && `${follows} (${followedBy})`);
}

const call = (rest: string, comment = '') =>
  `{ dockerTools }:\n${comment}\nd.pullImage {\n  imageName = "acme/web"; imageDigest = "${DIGEST}"; hash = ""; ${rest} }\n`;

describe('a pasted nix-prefetch-docker', () => {
  test.each([
    ['# nix-prefetch-docker --image-name acme/web --image-tag 1.2', '1.2'],
    ['# nix-prefetch-docker docker.io/acme/web 1.2', '1.2'],
    ['# nix-prefetch-docker --quiet --arch arm64 --image-tag=1.2 --image-name=acme/web', '1.2'],
    ['# nix-prefetch-docker \\\n#   --image-name acme/web \\\n#   --image-tag "1.2"', '1.2'],
    ['/* nix run nixpkgs#nix-prefetch-docker -- --image-name acme/web --image-tag 1.2 */', '1.2'],
    ['# nix-prefetch-docker --image-tag 1.2', '1.2'],
    ['# with --image-tag 1.2.', '1.2'],
    ['# nix-prefetch-docker mysql latest; nix-prefetch-docker acme/web 1.2', '1.2'],
  ])('gives the tag of its own image: %s', (comment, tag) => {
    expect(followed(call('', comment))).toEqual([`${tag} (comment)`]);
  });

  test.each([
    '# nix-prefetch-docker --image-name mysql --image-tag latest',
    '# nix-prefetch-docker --image-tag latest --image-name mysql',
    '# nix-prefetch-docker mysql latest',
    '# nix-prefetch-docker \\\n#   --image-name mysql \\\n#   --image-tag latest',
    '# nix-prefetch-docker --image-name ghcr.io/acme/web --image-tag 1.2',
    '# nix-prefetch-docker --image-name acme/web --image-tag _',
    '# nix-prefetch-docker --image-name acme/web --image-tag TAG',
    '# nix-prefetch-docker acme/web __',
    '# nix-prefetch-docker --image-name acme/web --final-image-tag mine',
  ])('does not count when it names another image or no tag: %s', (comment) => {
    expect(followed(call('', comment))).toEqual([null]);
  });

  test.each(['own-7', 'latest', 'nixos', '2024'])('wins over a final tag that is the user’s own name: %s', (tag) => {
    const comment = '# nix-prefetch-docker --image-name acme/web --image-tag bookworm';
    expect(followed(call(`finalImageTag = "${tag}";`, comment))).toEqual(['bookworm (comment)']);
  });

  test('and a final tag that both look like versions leave the pin without a tag', () => {
    const comment = '# nix-prefetch-docker --image-name acme/web --image-tag 1.2';
    expect(followed(call('finalImageTag = "1.3";', comment))).toEqual([null]);
    expect(followed(call('finalImageTag = "1.2";', comment))).toEqual(['1.2 (finalImageTag)']);
    expect(followed(call('finalImageTag = "1.3";', `# pullpin: 1\n${comment}`))).toEqual(['1 (directive)']);
  });

  test('without an image does not win over a final tag', () => {
    expect(followed(call('finalImageTag = "own";', '# nix-prefetch-docker --image-tag 1.2'))).toEqual([
      'own (finalImageTag)',
    ]);
  });
});

describe('tag or imageTag beside the name and the digest', () => {
  const set = (rest: string) => `{ imageName = "acme/web"; imageDigest = "${DIGEST}"; hash = ""; ${rest} }`;

  test.each([
    ['tag = "1.2";', '1.2 (tag)'],
    ['imageTag = "1.2";', '1.2 (tag)'],
    ['tag = "1.2"; finalImageTag = "own";', '1.2 (tag)'],
    ['tag = ""; finalImageTag = "1.2";', '1.2 (finalImageTag)'],
    ['tag = null; imageTag = "1.2";', '1.2 (tag)'],
  ])('is followed: %s', (rest, expected) => {
    expect(followed(set(rest))).toEqual([expected]);
  });

  test('is followed in JSON', () => {
    const pin = { imageName: 'acme/web', imageDigest: DIGEST, hash: '', tag: '1.2' };
    expect(followed(JSON.stringify(pin), 'a.json')).toEqual(['1.2 (tag)']);
  });

  test('is a guess for the final tag when the file does not give one', () => {
    const [site] = findInFiles({ files: [{ path: 'a.nix', text: set('tag = "1.2";') }] }).sites;
    expect(site?.finalTagGuesses).toEqual(['1.2']);
    expect(site?.assumed).toContainEqual({ part: 'finalImageTag', why: 'unseen-call' });
  });
});

describe('pins on one digest literal', () => {
  const both = (one: string, other: string, name = 'acme/web') => `{ dockerTools }: let digest = "${DIGEST}"; in [
    (dockerTools.pullImage { imageName = "acme/web"; imageDigest = digest; hash = ""; arch = "amd64"; ${one} })
    (dockerTools.pullImage { imageName = "${name}"; imageDigest = digest; sha256 = ""; arch = "arm64"; ${other} })
  ]`;

  test('have the tag that one of them gives', () => {
    expect(followed(both('finalImageTag = "1.2";', ''))).toEqual(['1.2 (finalImageTag)', '1.2 (tag)']);
    expect(followed(both('', 'finalImageTag = "1.2";', 'docker.io/acme/web'))).toEqual([
      '1.2 (tag)',
      '1.2 (finalImageTag)',
    ]);
    expect(followed(both('\n# pullpin: 1.2\n', ''))).toEqual(['1.2 (directive)', '1.2 (directive)']);
  });

  test('have no tag when it is that of another image, or when two tags differ', () => {
    expect(followed(both('finalImageTag = "1.2";', '', 'acme/other'))).toEqual(['1.2 (finalImageTag)', null]);
    const third = `(dockerTools.pullImage { imageName = "acme/web"; imageDigest = digest; hash = "x"; finalImageTag = "3"; }) ]`;
    const three = both('finalImageTag = "1.2";', '').replace(/\]$/, third);
    expect(followed(three)).toEqual(['1.2 (finalImageTag)', null, '3 (finalImageTag)']);
  });

  test('have it from a string, also from one in another file', () => {
    const call = `(dockerTools.pullImage { imageName = "acme/web"; imageDigest = digest; hash = ""; })`;
    const text = `{ dockerTools }: let digest = "${DIGEST}"; in [ ${call} "acme/web:1.2@\${digest}" ]`;
    expect(followed(text)).toEqual(['1.2 (tag)']);
  });

  test('stay separate when a string gives another tag than the call', () => {
    const call = `(dockerTools.pullImage { imageName = "acme/web"; imageDigest = digest; hash = ""; finalImageTag = "1.2"; })`;
    const text = `{ dockerTools }: let digest = "${DIGEST}"; in [ ${call} "acme/web:3@\${digest}" ]`;
    expect(followed(text)).toEqual(['1.2 (finalImageTag)', '3 (tag)']);
  });
});

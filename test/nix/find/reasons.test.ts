// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';

const DIGEST = `sha256:${'1'.repeat(64)}`;

/** The message for a hash that cannot be followed. */
function reasonFor(hash: string): string | undefined {
  const source = `{ dockerTools, lib, pkgs, x }: dockerTools.pullImage { imageName = "a"; imageDigest = "${DIGEST}"; sha256 = ${hash}; }`;
  const [value] = findPins(source, { path: 'p.nix' }).sites.flatMap(({ hashes }) => hashes.map((each) => each.value));
  return value?.kind === 'unfollowable' ? value.message : undefined;
}

describe('a value that is not followed names its place and its reason', () => {
  test.each([
    ['x', "'x' at p.nix:1:27: it is a function's parameter, and what callers give is not known here"],
    ['nowhere', "'nowhere' at p.nix:1:171: nothing in these files binds the name"],
    ['f 1', "'f 1' at p.nix:1:171: it calls a function that is not followed"],
    ['builtins.head [ ]', "'builtins.head [ ]' at p.nix:1:171: it calls a function in a way that is not followed"],
    ['{ a = 1; }.b', "'{ a = 1; }.b' at p.nix:1:171: there is no such attribute"],
    ['throw "no"', '\'throw "no"\' at p.nix:1:171: Nix would stop there'],
    [
      'import ../../x.nix',
      "'import ../../x.nix' at p.nix:1:171: that file cannot be read, or lies outside of the folders given",
    ],
    ['"${1}"', '\'"${1}"\' at p.nix:1:171: it is not a string'],
    ['let f = n: f n; in f 1', "'f' at p.nix:1:182: it is nested too deep"],
    ['let r = r; in r', "'r' at p.nix:1:179: it needs its own value"],
    ['-1', "'-1' at p.nix:1:171: this kind of expression is not followed"],
  ])('%s', (hash, message) => expect(reasonFor(hash)).toBe(message));

  test('a long expression is cut', () => {
    expect(reasonFor(`f {\n  a = ${'b'.repeat(5000)}; }`)).toMatch(/^'f \{ a = b{40,60}…' at p\.nix:1:171: it calls/);
  });
});

import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HASH = '"sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="';
const SET = `{ imageName = "redis"; imageDigest = "${DIGEST}"; hash = ${HASH}; }`;

/** Whether something beside the pin may fetch its digest with another hash. */
function isGivenAway(call: string, rest = ''): boolean {
  const source = `{ dockerTools, lib, pkgs, unknown, own, ... }: let t = ${SET}; ${rest} in [ (dockerTools.pullImage t) (${call}) ]`;
  const { besides, sites } = findPins(source, { path: 'a.nix' });
  expect(sites).toHaveLength(1);
  return besides.length > 0;
}

describe('a pin is given to a function that fetches nothing', () => {
  test.each([
    ...[
      'builtins.toJSON',
      'builtins.toXML',
      'toString',
      'pkgs.writeText "x"',
      'pkgs.writeShellScript "x"',
      'pkgs.writers.writeJSON "x"',
    ],
    ...[
      'lib.generators.toYAML { }',
      'builtins.trace t',
      'lib.traceVal',
      'lib.traceSeq t',
      'builtins.typeOf',
      'isNull',
      'derivation',
    ],
    ...['lib.mkIf true', 'lib.mkMerge', 'lib.mkOption', 'lib.mkForce', 'lib.mkDefault', 'lib.mkBefore', 'lib.mkAfter'],
    ...[
      'lib.mkOverride 50',
      'lib.mkOrder 50',
      'own.toYAML',
      'own.writeJson',
      'own.generateIt',
      'own.traceIt',
      'lib.anything',
      'lib.types.anything',
    ],
    ...['builtins.attrNames', 'builtins.anything', 'lib.attrsets.anything'],
  ])('%s', (name) => {
    expect(isGivenAway(`${name} t`)).toBe(false);
  });
});

describe('a pin is given to a function that may fetch', () => {
  test.each([
    ...[
      'unknown',
      'own.fetch',
      'unknown { }',
      'own.tool',
      'own.write',
      'own.mkPod',
      'own.mkImage',
      'own.underived',
      'pkgs.anything',
    ],
    ...['own.together', 'own.builtTo'],
  ])('%s', (name) => {
    expect(isGivenAway(`${name} t`)).toBe(true);
  });

  test.each([
    ['as a set', 'unknown t'],
    ['in parentheses', 'unknown (t)'],
    ['in a set', 'unknown { x = t; }'],
    ['in a list', 'unknown [ t ]'],
    ['as a part', 'unknown { inherit (t) imageDigest hash; }'],
    ['as texts', `unknown t.imageDigest t.hash`],
    ['as a text beside another hash', `unknown t.imageDigest "sha256-${'A'.repeat(42)}8="`],
    ['as a text beside a set with a hash', `unknown t.imageDigest { h = "sha256-${'A'.repeat(42)}8="; }`],
    ['as a text beside a list with a hash', `unknown t.imageDigest [ "sha256-${'A'.repeat(42)}8=" ]`],
    ['as a let', 'unknown (let u = t; in u)'],
  ])('%s', (_, call) => {
    expect(isGivenAway(call)).toBe(true);
  });

  test.each([
    ['the name alone', 'unknown t.imageName'],
    ['the digest alone', 'unknown t.imageDigest'],
    ['the digest and a short text', 'unknown t.imageDigest "x"'],
    ['the digest without a hash', 'unknown { inherit (t) imageDigest; }'],
    ['something else', 'unknown own'],
    ['the name alone, or nothing', 'unknown (if own.x then t.imageName else "")'],
    ['nothing of it, whatever is chosen', 'unknown (if t == own then own else { })'],
    ['a function of something else', 'unknown (x: x)'],
    ['a function that makes a pin with its own hash', 'unknown (x: dockerTools.pullImage t)'],
    ['the result of a call that is followed', 'unknown (lib.id 1)'],
  ])('but not %s', (_, call) => {
    expect(isGivenAway(call)).toBe(false);
  });
});

describe('a digest in a set with other names than those of pullImage', () => {
  const OTHER = `"sha256-${'A'.repeat(42)}8="`;
  const hex = `h = "${'a'.repeat(64)}"; u = { imageName = "redis"; imageDigest = "sha256:\${h}"; hash = ${HASH}; };`;
  const isHexGivenAway = (call: string) => {
    const source = `{ dockerTools, unknown }: let ${hex} in [ (dockerTools.pullImage u) (${call}) ]`;
    return findPins(source, { path: 'a.nix' }).besides.length > 0;
  };

  test.each([
    ['beside a hash', `unknown { d = t.imageDigest; h = ${OTHER}; }`],
    ['beside a hash further in', `unknown { d = t.imageDigest; h.amd64 = ${OTHER}; }`],
    ['beside a list of hashes', `unknown { d = t.imageDigest; h = [ ${OTHER} ]; }`],
    ['beside another digest, which may be a hash', `unknown { d = t.imageDigest; h = "sha256:${'b'.repeat(64)}"; }`],
    ['beside another one without a prefix', `unknown { d = t.imageDigest; h = "${'b'.repeat(64)}"; }`],
  ])('%s', (_, call) => {
    expect(isGivenAway(call)).toBe(true);
  });

  test.each([
    ['alone', 'unknown { d = t.imageDigest; }'],
    ['beside other texts', 'unknown { d = t.imageDigest; h = "x"; }'],
    ['behind a name', `unknown { d = "redis@\${t.imageDigest}"; h = ${OTHER}; }`],
    ['in front of more', `unknown { d = "\${t.imageDigest}x"; h = ${OTHER}; }`],
  ])('but not %s', (_, call) => {
    expect(isGivenAway(call)).toBe(false);
  });

  test('without its prefix', () => {
    expect(isHexGivenAway(`unknown { d = h; h = ${OTHER}; }`)).toBe(true);
    expect(isHexGivenAway('unknown { d = h; }')).toBe(false);
  });
});

describe('a function that takes the hash of a pin is given to one that is not known', () => {
  const FETCH = `f = arch: sum: dockerTools.pullImage { imageName = "redis"; imageDigest = "${DIGEST}"; inherit arch; hash = sum; };`;
  const isFetcherGivenAway = (functions: string, given: string) => {
    const source = `{ dockerTools, unknown }: let ${FETCH} ${functions} in [ (f "amd64" ${HASH}) (unknown ${given}) ]`;
    return findPins(source, { path: 'a.nix' }).besides.length > 0;
  };

  test.each([
    ['itself', '', 'f'],
    ['in a set', '', '{ x = f; }'],
    ['with its first argument', '', '(f "amd64")'],
    ['through another function', 'g = arch: sum: f arch sum;', 'g'],
    ['through two others', 'g = arch: sum: f arch sum; h = x: g "amd64" x;', 'h'],
    ['through one with named parameters', 'g = { sum, ... }: f "amd64" sum;', 'g'],
    ['through one that stands there', '', '(sum: f "amd64" sum)'],
    ['through one that names it otherwise', 'k = f; g = sum: k "amd64" sum;', 'g'],
  ])('%s', (_, functions, given) => {
    expect(isFetcherGivenAway(functions, given)).toBe(true);
  });

  test.each([
    ['a function with the same hash for all', `g = arch: f arch ${HASH};`, 'g'],
    ['a function of something else', 'g = arch: sum: sum;', 'g'],
  ])('but not %s', (_, functions, given) => {
    expect(isFetcherGivenAway(functions, given)).toBe(false);
  });
});

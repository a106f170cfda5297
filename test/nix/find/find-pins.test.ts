// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { applyEdits, differsOnlyIn, rewrite } from '../../../src/nix/edit/edit.js';
import { originKey } from '../../../src/nix/find/distinct-sites.js';
import { findPins } from '../../../src/nix/find/find-pins.js';
import { NixSyntaxError } from '../../../src/nix/language/position.js';
import { judgePrograms } from '../../support/nix-judge.js';
import { plantPins } from '../../support/planted-pins.js';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const OTHER = `sha256:${'2'.repeat(64)}`;
const HASH = '3'.repeat(64);
const PROGRAMS = process.env['LONG_TESTS'] === '1' ? 5000 : 300;

describe('pins planted in random programs', () => {
  const planted = Array.from({ length: PROGRAMS }, (_, seed) => plantPins(seed));

  test('the programs are Nix', async () => {
    const verdicts = await judgePrograms(planted.slice(0, 100).map(({ source }) => source.replace('\ufeff', '')));
    verdicts.forEach((verdict, seed) => {
      expect(verdict, `seed ${seed}: ${planted[seed]?.source}`).toMatchObject({ accepted: true });
    });
  });

  test('all are found, an edit changes exactly their ranges, and a second run finds the new values', {
    timeout: 600_000,
  }, () => {
    planted.forEach(({ source, pins }, seed) => {
      const about = `seed ${seed}: ${source}`;
      const { sites } = findPins(source, { path: 'p.nix' });
      const found = sites.map(({ imageName, imageDigest }) => [imageName.text, imageDigest.text]);
      expect(found.toSorted(), about).toEqual(
        pins.map(({ imageName, imageDigest }) => [imageName, imageDigest]).toSorted(),
      );
      const edits = sites.flatMap(({ imageDigest, hashes }) => [
        ...(rewrite(imageDigest, renewed(imageDigest.text)) ?? []),
        ...hashes.flatMap(({ value }) => (value.kind === 'text' ? (rewrite(value, renewed(value.text)) ?? []) : [])),
      ]);
      let expected = source;
      for (const { imageDigest, hash } of pins) {
        expected = expected.replace(imageDigest, renewed(imageDigest));
        if (hash !== undefined) expected = expected.replace(hash, renewed(hash));
      }
      const after = applyEdits(source, edits);
      expect(after, about).toBe(expected);
      expect(differsOnlyIn(source, after, edits), about).toBe(true);
      const again = findPins(after, { path: 'p.nix' }).sites.map(({ imageDigest }) => imageDigest.text);
      expect(again, about).toEqual(sites.map(({ imageDigest }) => renewed(imageDigest.text)));
    });
  });

  function renewed(text: string): string {
    return text.replace(/[0-9a-f]{64}$/, (hex) => [...hex].reverse().join(''));
  }
});

test('a site has its position, also behind characters outside ASCII', () => {
  const source = `# é😀\n{ dockerTools }:\n  dockerTools.pullImage {\n imageName = "a"; imageDigest = "${DIGEST}"; sha256 = "${HASH}"; }`;
  const [site] = findPins(source, { path: 'x/p.nix' }).sites;
  expect(site).toMatchObject({
    file: 'x/p.nix',
    line: 3,
    column: 3,
    form: 'call',
    systems: expect.arrayContaining(['x86_64-linux']),
  });
  expect(site?.imageDigest.segments[0]?.origin).toMatchObject({
    file: 'x/p.nix',
    start: source.indexOf(DIGEST),
    quote: '"',
  });
  expect(site?.hashes).toMatchObject([{ attribute: 'sha256', written: { format: 'hex' }, isPlaceholder: false }]);
});

describe('values that cannot be followed', () => {
  const call = (rest: string) => `{ dockerTools, f }: dockerTools.pullImage { imageName = "a"; ${rest} }`;
  test('a hash: the pin is found, and says why its hash cannot be followed', () => {
    const { sites } = findPins(call(`imageDigest = "${DIGEST}"; sha256 = f 1;`), { path: 'p.nix' });
    expect(sites[0]?.hashes[0]?.value).toMatchObject({
      ...{ kind: 'unfollowable', code: 'call', line: 1, expression: 'f 1' },
      message: expect.stringMatching(/^'f 1' at p\.nix:1:\d+: it calls a function that is not followed$/),
    });
  });

  test('a digest: it is a problem, not a pin', () => {
    const { sites, problems } = findPins(call(`imageDigest = f 1; sha256 = "${HASH}";`), { path: 'p.nix' });
    expect(sites).toEqual([]);
    expect(problems).toMatchObject([{ code: 'unfollowable', line: 1, column: 62 }]);
  });

  test('a string of unknown parts is reported when it has a digest, and not otherwise', () => {
    const { problems } = findPins(`{ x }: [ "\${x}/a@${DIGEST}" "\${x}:b" "see \${x} a@${DIGEST}" ]`, {
      path: 'p.nix',
    });
    expect(problems).toMatchObject([{ code: 'template', column: 10 }]);
  });

  test('a function whose callers give the digest is a template, unless a caller is in the file', () => {
    const template = 'd: digest: dockerTools.pullImage { imageName = "a"; imageDigest = digest; sha256 = ""; }';
    expect(findPins(template, { path: 'p.nix' })).toMatchObject({ sites: [], problems: [{ code: 'template' }] });
    const used = findPins(`d: (${template}) d "${DIGEST}"`, { path: 'p.nix' });
    expect(used).toMatchObject({ sites: [{ imageDigest: { text: DIGEST } }], problems: [] });
  });
});

describe('one pin is found once', () => {
  const set = `{ imageName = "a"; imageDigest = "${DIGEST}"; sha256 = "${HASH}"; }`;
  test.each([
    [`let a = ${set}; in dockerTools.pullImage a`, ['call']],
    [`let a = ${set}; in [ a (dockerTools.pullImage a) (dockerTools.pullImage a) ]`, ['call']],
    [`[ ${set} { imageName = "a"; imageDigest = "${DIGEST}"; sha256 = "${HASH}"; } ]`, ['arguments', 'arguments']],
    [
      `let f = { imageName, imageDigest, sha256 }: dockerTools.pullImage { inherit imageName imageDigest sha256; }; in f ${set}`,
      ['call'],
    ],
    [`let a = ${set}; in "\${a.imageName}@\${a.imageDigest}"`, ['arguments']],
    [`let r = "a@${DIGEST}"; in "docker.io/\${r}"`, ['oci-string']],
    [
      `let a = ${set}; in [ (dockerTools.pullImage (a // { sha256 = "${'4'.repeat(64)}"; })) (dockerTools.pullImage a) ]`,
      ['call', 'call'],
    ],
  ])('%s', (source, forms) => {
    expect(findPins(source, { path: 'p.nix' }).sites.map(({ form }) => form)).toEqual(forms);
  });

  test('two pins that share a literal name the same origin', () => {
    const source = `let h = "${HASH}"; in { a = dockerTools.pullImage { imageName = "a"; imageDigest = "${DIGEST}"; sha256 = h; }; b = dockerTools.pullImage { imageName = "b"; imageDigest = "${OTHER}"; sha256 = h; }; }`;
    const [a, b] = findPins(source, { path: 'p.nix' }).sites.map(({ hashes }) => hashes[0]?.value);
    expect(originKey(a)).toBe(originKey(b));
  });
});

describe('imports', () => {
  test('values in another file are edited there; a file that may not be read is not followed', () => {
    const files: Record<string, string> = {
      'a/pins/redis.nix': `{ imageName = "r"; imageDigest = "${DIGEST}"; hash = ""; }`,
    };
    const source =
      '{ dockerTools }: [ (dockerTools.pullImage (import ./pins/redis.nix)) (dockerTools.pullImage (import ../../outside.nix)) ]';
    const asked: string[] = [];
    const read = (path: string) => {
      asked.push(path);
      return files[path];
    };
    const { sites, problems } = findPins(source, { path: 'a/main.nix', read });
    expect(sites[0]?.imageDigest.segments[0]?.origin?.file).toBe('a/pins/redis.nix');
    expect(problems).toMatchObject([
      { code: 'unfollowable', message: expect.stringContaining('import ../../outside.nix') },
    ]);
    expect(asked).toContain('../outside.nix');
  });
});

test('values are followed for the systems that are asked for', () => {
  const source = `{ system }: dockerTools.pullImage { imageName = "a"; imageDigest = "${DIGEST}"; sha256 = { x86_64-linux = "${HASH}"; riscv64-linux = ""; }.\${system}; }`;
  const { sites } = findPins(source, { path: 'p.nix', systems: ['riscv64-linux', 'aarch64-linux'] });
  expect(sites).toMatchObject([
    { systems: ['riscv64-linux'], isPlatformDependent: true, hashes: [{ isPlaceholder: true }] },
  ]);
});

describe('sources that are not valid', () => {
  test('a syntax error is reported only for a file that may hold pins', () => {
    expect(findPins('{ broken', { path: 'p.nix' })).toMatchObject({ sites: [], problems: [] });
    expect(() => findPins(`{ a = "x@${DIGEST}"`, { path: 'p.nix' })).toThrow(NixSyntaxError);
  });
});

describe('no source makes it run long or recurse deeply', () => {
  const pin = `"x@${DIGEST}"`;
  const around = (before: string, count: number, after: string) => before.repeat(count) + pin + after.repeat(count);
  test.each([
    ['sets', around('{a=', 50_000, ';}')],
    ['let', around('let a=b;in ', 50_000, '')],
    ['with', around('with a;f (', 1_000, ')')],
    ['calls', around('f (', 50_000, ')')],
    ['functions', around('a: ', 50_000, '')],
    [
      'a call that doubles at each level',
      `let ${Array.from({ length: 40 }, (_, i) => `p${i + 1} = image: p${i} (p${i} image);`).join('')} p0 = i: i; in p40 ${pin}`,
    ],
    ['a call that never ends', `let f = image: f (image image); in [ (f f) ${pin} ]`],
  ])('%s', (_, source) => {
    expect(findPins(source, { path: 'p.nix' }).sites.map(({ imageDigest }) => imageDigest.text)).toEqual([DIGEST]);
  });

  test('when it would take too long, this is reported', () => {
    const { sites, problems } = findPins(around('with a;f (', 20_000, ')'), { path: 'p.nix' });
    expect(sites).toEqual([]);
    expect(problems).toMatchObject([{ code: 'unfollowable', message: expect.stringContaining('too heavy') }]);
  });
});

test('arguments that a function without ... does not take are reported, with the place of the parameter', () => {
  const given = `{ imageName = "redis"; imageDigest = "sha256:${'a'.repeat(64)}"; sha256 = "x"; }`;
  const source = `p: let f = args@{ imageName, imageDigest }: p.dockerTools.pullImage args; in f ${given}`;
  const { problems } = findPins(source, { path: 'a.nix' });
  expect(problems.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('the parameter at a.nix:1:12: Nix would stop there'),
  );
});

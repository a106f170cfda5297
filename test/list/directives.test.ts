import { describe, expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { listPins } from '../../src/list/list-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const SET = `{ imageName = "redis"; imageDigest = "${DIGEST}"; hash = ""; }`;

/** The states of the pins, and the problems with their places, of some files that are all among the paths. */
function listed(texts: Readonly<Record<string, string>>): { states: string[]; problems: string[] } {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }));
  const { pins, problems } = listPins({ files });
  return {
    states: pins.map(({ state }) => state),
    problems: problems.map(({ file, line, code }) => `${file}:${line} ${code}`),
  };
}

describe('a directive in another file than the call', () => {
  test.each([
    ['above the set', `# pullpin: freeze\n${SET}`],
    ['above a function that gives the set', `# pullpin: freeze\n{ }: ${SET}`],
    ['inside of the set', SET.replace('hash', '\n# pullpin: freeze\n\nhash')],
  ])('%s counts, and is not reported', (_, image) => {
    const call = image.includes('}:') ? '(import ./image.nix { })' : '(import ./image.nix)';
    const texts = { 'a.nix': `{ dockerTools }: dockerTools.pullImage ${call}`, 'image.nix': image };
    expect(listed(texts)).toEqual({ states: ['frozen'], problems: [] });
  });

  test('counts in a file that has no pin by itself', () => {
    const texts = {
      'a.nix': `{ dockerTools }: dockerTools.pullImage { imageName = "redis"; imageDigest = (import ./v.nix).digest; hash = ""; }`,
      'v.nix': `{\n  # pullpin: freeze\n  digest = "${DIGEST}";\n}`,
    };
    expect(listed(texts)).toEqual({ states: ['frozen'], problems: [] });
  });

  test('is reported when no pin uses it, also where there is no pin at all', () => {
    const texts = {
      'a.nix': '# pullpin: 1.2\n{ version = "1.2"; }',
      'b.nix': `# pullpin: freeze\n\n"redis@${DIGEST}"`,
    };
    expect(listed(texts)).toMatchObject({ problems: ['a.nix:1 stray-directive', 'b.nix:1 stray-directive'] });
  });
});

describe('freeze above a group of pins', () => {
  const CALL = `dockerTools.pullImage ${SET}`;

  test.each([
    ['a set that holds them', `{ dockerTools }: {\n# pullpin: freeze\nimages = { a = ${CALL}; };\n}`],
    [
      'a set of arguments',
      `{ dockerTools }: let\n# pullpin: freeze\nimages = { a = ${SET}; };\nin dockerTools.pullImage images.a`,
    ],
    [
      'a list that is mapped',
      `{ dockerTools }: let\n# pullpin: freeze\nimages = [\n${SET}\n];\nin map (i: dockerTools.pullImage i) images`,
    ],
    [
      'a set that is opened',
      `{ dockerTools }: let\n# pullpin: freeze\nimages = { a = ${SET}; };\nin with images; dockerTools.pullImage a`,
    ],
    ['a whole file', `# pullpin: freeze\n{\n  a = ${SET};\n}`],
  ])('counts for each: %s', (_, text) => {
    expect(listed({ 'a.nix': text })).toEqual({ states: ['frozen'], problems: [] });
  });

  test('counts in a file that is imported', () => {
    const texts = {
      'a.nix': '{ dockerTools }: dockerTools.pullImage (import ./images.nix).a',
      'images.nix': `# pullpin: freeze\n{\n  a = ${SET};\n}`,
    };
    expect(listed(texts)).toEqual({ states: ['frozen'], problems: [] });
  });

  test('a tag there is reported, because it would be that of different images', () => {
    const text = `{ dockerTools }: {\n# pullpin: 1.2\nimages = {\n  a = ${CALL};\n};\n}`;
    expect(listed({ 'a.nix': text })).toEqual({ states: ['incomplete'], problems: ['a.nix:2 stray-directive'] });
  });
});

test('a frozen npins pin is frozen in all Nix code that reads it', () => {
  const pin = { type: 'Container', image_name: 'redis', image_tag: '1', image_digest: DIGEST, hash: '', frozen: true };
  const texts = {
    'a.nix': `{ dockerTools, lib }: let p = (lib.importJSON ./sources.json).pins.r; in dockerTools.pullImage { imageName = p.image_name; imageDigest = p.image_digest; hash = p.hash; }`,
    'sources.json': JSON.stringify({ pins: { r: pin } }),
  };
  expect(listed(texts).states).toEqual(['frozen']);
});

describe('above the first line of a file', () => {
  const TAGGED = SET.replace(' }', ' finalImageTag = "7"; }');
  const body = `{ dockerTools, ... }:\n{\n  a = dockerTools.pullImage ${TAGGED};\n  b = dockerTools.pullImage ${TAGGED};\n}\n`;

  test('freeze holds for all pins of the file', () => {
    const { pins, problems } = listPins({
      files: [{ path: 'a.nix', text: `# Copyright\n# pullpin: freeze\n${body}` }],
    });
    expect(pins.map(({ state }) => state)).toEqual(['frozen', 'frozen']);
    expect(problems).toEqual([]);
  });

  test('a tag that belongs to no pin is reported', () => {
    const { pins, problems } = listPins({ files: [{ path: 'a.nix', text: `# pullpin: 8\n${body}` }] });
    expect(pins.map(({ follows }) => follows)).toEqual(['7', '7']);
    expect(problems).toMatchObject([{ code: 'stray-directive', line: 1 }]);
  });
});

describe('a directive of one item of a list', () => {
  const ITEMS = `[\n# pullpin: freeze\n{ n = "redis"; d = "${DIGEST}"; }\n{ n = "nginx"; d = "${OTHER}"; }\n]`;
  const PULL = 'dockerTools.pullImage { imageName = i.n; imageDigest = i.d; hash = ""; finalImageTag = "7"; }';

  test.each([
    ['a function is mapped', `{ dockerTools }: map (i: ${PULL}) ${ITEMS}`],
    ['a function of two arguments is mapped', `{ dockerTools, lib }: lib.concatMap (i: [ (${PULL}) ]) ${ITEMS}`],
    ['the list comes by another name', `{ dockerTools, lib }: let l = ${ITEMS}; in lib.forEach l (i: ${PULL})`],
    [
      'the list becomes a set',
      `{ dockerTools, lib }: lib.mapAttrs (_: dockerTools.pullImage) (builtins.listToAttrs [
        # pullpin: freeze
        { name = "a"; value = ${SET}; }
        { name = "b"; value = ${SET.replace('redis', 'nginx').replace(DIGEST, OTHER)}; }
      ])`,
    ],
  ])('is not one of the others: %s', (_, text) => {
    expect(listed({ 'a.nix': text }).states.toSorted()).not.toEqual(['frozen', 'frozen']);
    expect(listed({ 'a.nix': text }).states).toContain('frozen');
  });

  test('a tag is that of its own item', () => {
    const text = `{ dockerTools }: map (i: ${PULL}) ${ITEMS.replace('freeze', '6')}`;
    const { pins } = listPins({ files: [{ path: 'a.nix', text }] });
    expect(pins.map(({ imageName, follows }) => `${imageName}:${follows}`).toSorted()).toEqual(['nginx:7', 'redis:6']);
  });
});

describe('a directive', () => {
  const CALL = `dockerTools.pullImage ${SET}`;

  test.each([
    ['right before the pin', `{ dockerTools }: { a = /* pullpin: freeze */ ${CALL}; }`],
    ['before a string', `{ images = [ /* pullpin: freeze */ "redis@${DIGEST}" ]; }`],
    ['with capital letters', `{ dockerTools }: {\n# Pullpin: Freeze\na = ${CALL}; }`],
  ])('counts %s', (_, text) => {
    expect(listed({ 'a.nix': text })).toEqual({ states: ['frozen'], problems: [] });
  });

  test('of a call holds for a pin in the body of the function', () => {
    const text = `{ dockerTools }: let f = tag: ${CALL}; in {\n# pullpin: 6\na = f "6"; }`;
    expect(listPins({ files: [{ path: 'a.nix', text }] }).pins).toMatchObject([{ follows: '6' }]);
  });

  test.each([
    ['above its key', '# pullpin: freeze\nimageDigest'],
    ['above its table', '[web]', '# pullpin: freeze\n[web]'],
    ['at the top of the file', '# a list\n', '# a list\n# pullpin: freeze\n'],
    ['beside its key', '"redis"', '"redis" # pullpin: freeze'],
  ])('counts in TOML, %s', (_, what, instead = what) => {
    const toml = `# a list\n[other]\ntext = "# pullpin: 6"\n\n[web]\nimageName = "redis"\nimageDigest = "${DIGEST}"\nhash = ""\n`;
    const text = '{ dockerTools, lib }: dockerTools.pullImage (lib.importTOML ./images.toml).web';
    const changed = toml.replace(instead === what ? 'imageDigest' : what, instead);
    const read = (path: string) => (path === 'images.toml' ? changed : undefined);
    expect(listPins({ files: [{ path: 'a.nix', text }], read }).pins).toMatchObject([{ state: 'frozen' }]);
  });
});

test.each([
  [
    'a directive that cannot be read',
    `{ dockerTools }: {\n# pullpin: freeze until 2.0\na = dockerTools.pullImage ${SET}; }`,
  ],
  [
    'calls that follow different tags',
    `{ dockerTools }: let f = x: dockerTools.pullImage ${SET}; in {\n# pullpin: 6\na = f 1;\n# pullpin: 7\nb = f 2; }`,
  ],
])('a pin stays as it is because of %s', async (_, text) => {
  const plan = await planBump(
    { files: [{ path: 'a.nix', text }] },
    { registries: { repository: () => expect.unreachable() } },
  );
  expect(plan.changes).toEqual([]);
  expect(plan.problems.map(({ code }) => code)).toContain('held');
});

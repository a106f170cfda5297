import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const PIN = `imageName = "redis"; imageDigest = "${DIGEST}"; hash = "";`;

/** What is assumed of the only pin, each as `part why`. */
function assumedIn(expression: string): string[] {
  const { sites } = findPins(`{ dockerTools, nix2container, fetch, lib }: ${expression}`, { path: 'a.nix' });
  expect(sites).toHaveLength(1);
  return sites.flatMap(({ assumed }) => assumed.map(({ part, why }) => `${part} ${why}`));
}

const WHOLE = 'finalImageName = "x"; finalImageTag = "1"; os = "linux"; arch = "amd64";';

describe('what a call of pullImage leaves out has the default of the fetcher', () => {
  test.each([
    ['finalImageName', ['finalImageName fetcher-default']],
    ['finalImageTag', ['finalImageTag fetcher-default']],
    ['os', ['os fetcher-default']],
    ['arch', ['arch machine', 'variant machine']],
  ])('%s', (name, assumed) => {
    const rest = WHOLE.replace(new RegExp(`${name} = "[^"]*";`), '');
    expect(assumedIn(`dockerTools.pullImage { ${PIN} ${rest} }`)).toEqual(assumed);
  });

  test('nothing is assumed where the call says all', () => {
    expect(assumedIn(`dockerTools.pullImage { ${PIN} ${WHOLE} }`)).toEqual([]);
  });

  test('arm has variants', () => {
    expect(assumedIn(`dockerTools.pullImage { ${PIN} ${WHOLE.replace('amd64', 'arm')} }`)).toEqual(['variant machine']);
  });

  test('a name around it that is no Nix system is a guess', () => {
    const call = `dockerTools.pullImage { ${PIN} ${WHOLE.replace(/arch = .*/, '')} }`;
    expect(assumedIn(`{ web-arm64 = ${call}; }`)).toEqual(['arch named-system', 'variant named-system']);
    expect(assumedIn(`{ aarch64-linux = ${call}; }`)).toEqual(['arch machine', 'variant machine']);
  });

  test('nix2container has no name and no tag in what it hashes', () => {
    expect(assumedIn(`nix2container.pullImage { ${PIN} }`)).toEqual([
      'os fetcher-default',
      'arch machine',
      'variant machine',
    ]);
  });
});

test('of arguments alone, all is assumed', () => {
  const unseen = ['fetcher', 'finalImageName', 'finalImageTag', 'os', 'arch', 'variant'];
  expect(assumedIn(`{ ${PIN} }`)).toEqual(unseen.map((part) => `${part} unseen-call`));
  expect(assumedIn(`{ ${PIN} ${WHOLE} }`)).toEqual(['fetcher unseen-call']);
});

test('a fetcher whose name says little, and an argument that is not known', () => {
  expect(assumedIn(`fetch.pullImage { ${PIN} ${WHOLE} }`)).toEqual(['fetcher unknown-fetcher']);
  expect(assumedIn(`dockerTools.pullImage { ${PIN} ${WHOLE} more = 1; }`)).toEqual(['fetcher unknown-argument']);
});

test('an image without a hash is made of nothing', () => {
  expect(assumedIn(`"redis@${DIGEST}"`)).toEqual([]);
});

describe('the tag that the call elsewhere may give', () => {
  const guessesIn = (source: string) =>
    findPins(source, { path: 'a.nix' }).sites.map(({ finalTagGuesses }) => finalTagGuesses ?? []);

  test.each([
    [`{ ${PIN} tag = "7"; }`, ['7']],
    [`{ ${PIN} imageTag = "7"; }`, ['7']],
    [`{ "redis:7" = { ${PIN} }; }`, ['7']],
    [`{ "docker.io/library/redis:7-alpine" = { ${PIN} }; }`, ['7-alpine']],
    [`{ "localhost:5000/redis:7" = { ${PIN} }; }`, ['7']],
    [`{ "redis:7" = { ${PIN} tag = "8"; }; }`, ['8', '7']],
    [`{ "redis:7" = { ${PIN} tag = "7"; }; }`, ['7']],
    [`{ "redis 7" = { ${PIN} }; }`, []],
    [`{ "7" = { ${PIN} }; }`, []],
    [`{ "redis:" = { ${PIN} }; }`, []],
    [`{ ${PIN} }`, []],
  ])('%s', (source, guesses) => {
    expect(guessesIn(source)).toEqual([guesses]);
  });
});

describe('a string takes its tag from its key', () => {
  const tagOf = (source: string) => findPins(source, { path: 'a.nix' }).sites.map(({ tag }) => tag?.text);
  const text = `"ghcr.io/acme/web@${DIGEST}"`;

  test.each([
    ...['7', 'v7', '1.27', '7-alpine', 'latest', 'stable', 'edge', 'main', 'master', 'nightly', 'lts', 'dev'],
    ...['develop', 'release', 'alpine', 'slim', 'beta', 'rc', 'latest-x'],
  ])('%s looks like one', (key) => {
    expect(tagOf(`{ "${key}" = ${text}; }`)).toEqual([key]);
  });

  test.each(['web', 'acme', 'x', 'latests', 'image', 'version', 'vx', 'a/b', '-1', '7:1'])('%s does not', (key) => {
    expect(tagOf(`{ "${key}" = ${text}; }`)).toEqual([undefined]);
  });

  test('any word is one where the same image stands beside it, but for the names of fields', () => {
    const other = `"ghcr.io/acme/web@sha256:${'b'.repeat(64)}"`;
    expect(tagOf(`{ one = ${text}; two = ${other}; }`)).toEqual(['one', 'two']);
    for (const key of ['image', 'imageName', 'ref', 'reference', 'url', 'name', 'src', 'source'])
      expect(tagOf(`{ one = ${other}; ${key} = ${text}; }`)).toEqual(['one', undefined]);
  });

  test('an image with its tag in the key has that one', () => {
    expect(tagOf(`{ "acme/web:1.2" = { imageName = "acme/web"; imageDigest = "${DIGEST}"; hash = ""; }; }`)).toEqual([
      '1.2',
    ]);
    expect(tagOf(`{ "web:1.2" = { imageName = "acme/web"; imageDigest = "${DIGEST}"; hash = ""; }; }`)).toEqual([
      '1.2',
    ]);
    expect(tagOf(`{ "eb:1.2" = { imageName = "acme/web"; imageDigest = "${DIGEST}"; hash = ""; }; }`)).toEqual([
      undefined,
    ]);
  });
});

describe('a string with a digest', () => {
  const found = (expression: string) => {
    const source = `{ name, cfg, config, lib }: ${expression}`;
    const { sites, problems } = findPins(source, { path: 'a.nix' });
    return [...sites.map(({ imageName }) => imageName.text), ...problems.map(({ code }) => code)];
  };
  const D = '$';

  test.each([
    ['written in one', `"a/b@${DIGEST}"`, ['a/b']],
    ['put together of a name and a digest', `let n = "a/b"; d = "${DIGEST}"; in "${D}{n}@${D}{d}"`, ['a/b']],
    ['as a sum', `"a/b@" + "${DIGEST}"`, ['a/b']],
    ['as a sum of three', `"a/b" + "@" + "${DIGEST}"`, ['a/b']],
    ['as a sum with names', `let n = "a/b"; d = "${DIGEST}"; in n + "@" + d`, ['a/b']],
    ['as a sum of two names', `let n = "a/b"; d = "${DIGEST}"; in "${D}{n}" + "@${D}{d}"`, ['a/b']],
    ['of a name that is not known', `"${D}{name}@${DIGEST}"`, ['template']],
    ['of a digest that is not known', `"a/b@${D}{cfg.imageDigest}"`, ['template']],
    ['of a sha256 that is not known', `"a/b@${D}{cfg.sha256}"`, ['template']],
    ['of something behind a registry', `"ghcr.io/a/b@${D}{cfg.rev}"`, ['template']],
    ['of something behind a registry with a port', `"host:5000/b@${D}{cfg.rev}"`, ['template']],
    ['of something behind localhost', `"localhost/b@${D}{cfg.rev}"`, ['template']],
    ['of a sum with a digest that is not known', '"a/b@" + cfg.imageDigest', ['template']],
    ['of something that is no image', `"me@${D}{cfg.host}"`, []],
    ['of other characters', `"a b@${D}{cfg.imageDigest}"`, []],
    ['in a long sum', `${'"x" + '.repeat(30)}"a"`, []],
  ])('%s', (_, expression, expected) => {
    expect(found(`[ (${expression}) "sha256:" ]`)).toEqual(expected);
  });
});

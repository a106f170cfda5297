import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const SPACES = ' '.repeat(100_000);

function found(comment: string) {
  return findPins(`{\n${comment}\n  p = "redis@${DIGEST}";\n}`, { path: 'p.nix' });
}

describe('a directive with the wrong word', () => {
  test.each(['frezee', 'freez', 'frozen', 'ignore', 'minor', 'cooldown', 'newest', 'Pinned'])(
    '%s keeps the pin as it is',
    (word) => {
      const { sites, problems } = found(`# pullpin: ${word}`);
      expect(sites).toMatchObject([{ hold: { part: 'pin' }, notes: [] }]);
      expect(problems).toMatchObject([{ code: 'malformed-directive' }]);
    },
  );

  test.each(['7.2', 'latest', 'stable', 'main'])('%s is a tag', (word) => {
    expect(found(`# pullpin: ${word}`)).toMatchObject({ sites: [{ notes: [{ tag: word }] }], problems: [] });
  });

  test('freeze needs no colon', () => {
    expect(found('# pullpin freeze').sites).toMatchObject([{ isFrozen: true }]);
    expect(found('# pullpin freeze the rest').sites).toMatchObject([{ isFrozen: false }]);
  });
});

describe('a comment that is only a tag', () => {
  test.each([
    ...['tag 7.2', 'tag: 7.2', 'tag:7.2', 'tag = 7.2', 'tag=7.2', 'Tag 7.2', 'TAG: 7.2', 'tag   7.2'],
    ...['image tag 7.2', 'image tag: 7.2', 'imagetag 7.2', 'imageTag = 7.2', 'image version 7.2'],
    ...['version 7.2', 'version: 7.2', 'Version = 7.2'],
    ...[`tag '7.2'`, 'tag "7.2"', 'tag `7.2`', 'tag: "7.2"', 'version = "7.2"'],
  ])('gives it: %s', (text) => {
    const [site] = found(`# ${text}`).sites;
    expect(site?.notes).toMatchObject([{ kind: 'tag', tag: '7.2' }]);
    const [note] = site?.notes ?? [];
    expect(`{\n# ${text}`.slice(note?.start, note?.end)).toBe('7.2');
  });

  test.each([
    ...['tag 7.2 of redis', 'the tag 7.2', 'tags 7.2', 'stage 7.2', 'the image tag: 7.2', 'images tag 7.2'],
    ...['tag', 'tag:', 'tag :: 7.2', 'tag == 7.2', 'tag .7', 'tag -7', `tag ''7.2''`, 'tag 7/2', 'my version 7.2'],
    ...['conversion 7.2', 'versions 7.2', `tag ${'7'.repeat(129)}`, `tag ${'7'.repeat(250)}`],
  ])('is not this one: %.40s', (text) => {
    expect(found(`# ${text}`).sites).toMatchObject([{ notes: [] }]);
  });
});

describe('a comment that is only a version, beside the name or the digest', () => {
  const beside = (comment: string) => findPins(`{ p = "redis@${DIGEST}"; ${comment}\n}`, { path: 'p.nix' }).sites;

  test.each(['7', '7.2', 'v7.2', 'v7', '7.2-alpine', '7.2+build', '2024.01.05_1'])('gives its tag: %s', (text) => {
    const tags = text.includes('+') ? [] : [{ kind: 'version', tag: text }];
    expect(beside(`# ${text}`)).toMatchObject([{ notes: tags }]);
    expect(beside(`/* ${text} */`)).toMatchObject([{ notes: tags }]);
    expect(found(`# ${text}`).sites).toMatchObject([{ notes: [] }]);
  });

  test.each(['vv7', 'v', 'x7.2', '7.2 or 8', 'since 7.2', '7.2!'])('gives none: %s', (text) => {
    expect(beside(`# ${text}`)).toMatchObject([{ notes: [] }]);
  });
});

describe('an image with its tag, anywhere in a comment', () => {
  test.each([
    ...[
      'redis:7.2',
      'docker.io/redis:7.2',
      'docker.io/library/redis:7.2',
      'docker://redis:7.2',
      'pulled redis:7.2 here',
    ],
    ...['(redis:7.2)', 'redis:7.2,', 'redis:7.2.', 'https://docker.io/redis:7.2', `${'x'.repeat(600)} redis:7.2`],
  ])('gives the tag of its pin: %.40s', (text) => {
    expect(found(`# ${text}`).sites).toMatchObject([{ notes: [{ kind: 'reference', tag: '7.2' }] }]);
  });

  test.each([
    ...[
      'nginx:7.2',
      'ghcr.io/redis:7.2',
      'x/redis:7.2',
      'x.redis:7.2',
      'redis: 7.2',
      'redis :7.2',
      'redis:',
      'redis:.7',
    ],
    ...['redis-x:7.2', 'myredis:7.2', `redis:${'7'.repeat(129)}`, `redis:7.2${'-'.repeat(600)}`],
  ])('does not when it is another one: %.40s', (text) => {
    expect(found(`# ${text}`).sites).toMatchObject([{ notes: [] }]);
  });
});

describe('a long comment says what a short one says', () => {
  test.each([
    ['spaces in front', `#${SPACES}pullpin: freeze`],
    ['spaces behind', `# pullpin: freeze${SPACES}`],
    ['spaces between', `# pullpin:${SPACES}freeze`],
    ['many marks', `${'#'.repeat(100_000)} pullpin: freeze`],
    ['many stars', `/${'*'.repeat(100_000)} pullpin: freeze */`],
    ['many comments below it', `# pullpin: freeze\n${'# a/a/a/a\n'.repeat(50_000)}`.trimEnd()],
  ])('freeze, with %s', (_, comment) => {
    expect(found(comment).sites).toMatchObject([{ isFrozen: true }]);
  });

  test.each([
    ['tag 7.2', 'tag'],
    [`tag${SPACES}:${SPACES}'7.2'`, 'tag'],
    ['see docker://redis:7.2.', 'reference'],
    ['see https://docker.io/library/redis:7.2-', 'reference'],
    [`${'a/'.repeat(50_000)} redis:7.2`, 'reference'],
    [`${'.-'.repeat(50_000)} redis:7.2`, 'reference'],
  ])('%.40s', (text, kind) => {
    const [site] = found(`# ${text}`).sites;
    expect(site?.notes).toMatchObject([{ kind, tag: '7.2' }]);
    const [note] = site?.notes ?? [];
    expect(`{\n# ${text}`.slice(note?.start, note?.end)).toBe('7.2');
  });
});

test('text after a directive is a problem, at any length', () => {
  const { sites, problems } = found(`# pullpin: freeze ${'until then '.repeat(20_000)}`);
  expect(sites).toMatchObject([{ isFrozen: false }]);
  expect(problems).toMatchObject([{ code: 'malformed-directive', line: 2 }]);
});

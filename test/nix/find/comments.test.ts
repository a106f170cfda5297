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

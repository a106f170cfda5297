import { describe, expect, test } from 'vitest';
import { chooseTag, type NamedTagRule } from '../../src/tag-rules/choose-tag.js';
import { type Level, parseTagRule } from '../../src/tag-rules/rule.js';
import { parseVersion } from '../../src/tag-rules/version.js';
import { REPOSITORIES } from './repositories.js';

/** A level, as `--tags` takes it, or what a comment may say. */
function ruleOf(text: string): NamedTagRule {
  if (['patch', 'minor', 'major'].includes(text)) return { kind: 'level', level: text as Level };
  const rule = parseTagRule(text);
  if (!rule || rule.kind === 'newest') throw new Error(`${text} is no rule that a list of names is enough for`);
  return rule;
}

const CASES = REPOSITORIES.flatMap(({ name, tags, choices }) =>
  choices.map(([rule, pinned, wanted]) => ({ name, tags: tags.split(' '), rule, pinned, wanted })),
);

test('the table has at least forty repositories, each with a choice', () => {
  expect(REPOSITORIES.length).toBeGreaterThanOrEqual(40);
  expect(REPOSITORIES.filter(({ choices }) => choices.length === 0)).toEqual([]);
});

test.each(CASES)('$name: $rule leads from $pinned to $wanted', async ({ tags, rule, pinned, wanted }) => {
  const expected = wanted ?? undefined;
  expect((await chooseTag(ruleOf(rule), pinned, tags)).wanted).toBe(expected);
  expect((await chooseTag(ruleOf(rule), pinned, tags.toReversed())).wanted, 'in another order').toBe(expected);
});

test.each(CASES.filter(({ wanted }) => wanted !== null))(
  '$name: $rule leads from $wanted nowhere else',
  async ({ tags, rule, wanted }) => {
    expect((await chooseTag(ruleOf(rule), wanted ?? '', tags)).wanted).toBe(wanted);
  },
);

/**
 * The documented rules of Renovate's docker versioning (docs.renovatebot.com/modules/versioning/docker), read anew: what follows the first `-`
 * must be equal, and so must the number of parts; letters that are glued to the numbers are a pre-release; hexadecimal digits are a commit.
 */
describe("by Renovate's rules", () => {
  const read = (tag: string) => {
    const [, numbers = '', letters = '', suffix = ''] = /^v?(\d+(?:\.\d+)*)([a-zA-Z]*\w*)(?:-(.*))?$/.exec(tag) ?? [];
    const isCommit = /^[0-9a-f]{7,40}$/.test(tag) && !/^\d+$/.test(tag);
    return numbers === '' || isCommit ? undefined : { numbers: numbers.split('.').map(Number), letters, suffix };
  };
  const levels = CASES.filter(({ rule, pinned }) => {
    const version = read(pinned);
    return ['patch', 'minor', 'major'].includes(rule) && version?.letters === '' && !isDashed(pinned);
  });

  test.each(levels)('$name: $wanted is compatible with $pinned, by $rule', ({ pinned, wanted }) => {
    const [from, to] = [read(pinned), read(wanted ?? '')];
    expect([to?.suffix, to?.numbers.length, to?.letters]).toEqual([from?.suffix, from?.numbers.length, '']);
  });

  test.each(levels.filter(({ rule }) => rule === 'major'))('$name: none is higher than $wanted', (row) => {
    const [from, to] = [read(row.pinned), read(row.wanted ?? '')];
    const higher = row.tags.filter((tag) => {
      const other = read(tag);
      if (!other || other.suffix !== from?.suffix || other.letters !== '') return false;
      if (other.numbers.length !== from.numbers.length || !isOfOneScheme(tag, row.pinned)) return false;
      const at = other.numbers.findIndex((number, index) => number !== to?.numbers[index]);
      return at !== -1 && (other.numbers[at] ?? 0) > (to?.numbers[at] ?? 0);
    });
    expect(higher).toEqual([]);
  });

  /** Renovate's rules know neither dates with dashes nor pre-releases behind a dash: there we say more. */
  function isDashed(tag: string): boolean {
    return /^\d{4}-\d{2}-\d{2}|-(?:rc|beta|alpha)\.?\d/.test(tag);
  }

  /** A date or a year is never the version after a small number here, which Renovate leaves to `allowedVersions`. */
  function isOfOneScheme(tag: string, pinned: string): boolean {
    return parseVersion(tag)?.scheme === parseVersion(pinned)?.scheme;
  }
});

test('the newest is given beside what is wanted', async () => {
  const tags = ['16.4', '16.9', '17.2', '17.2.1', '18.0rc1', '18-alpine'];
  expect(await chooseTag(ruleOf('16.x'), '16.4', tags)).toEqual({ wanted: '16.9', newest: '17.2' });
  expect(await chooseTag(ruleOf('digest'), '16.4', tags)).toEqual({ wanted: '16.4', newest: '17.2' });
  expect(await chooseTag(ruleOf('minor'), 'latest', tags)).toEqual({ wanted: 'latest', newest: 'latest' });
});

test('nothing is chosen where no tag fits', async () => {
  expect((await chooseTag(ruleOf('19.x'), '16.4', ['16.4', '17.2'])).wanted).toBeUndefined();
  expect((await chooseTag(ruleOf('/^x/'), '16.4', ['16.4', '17.2'])).wanted).toBeUndefined();
});

test('a mistake in a regular expression is reported', async () => {
  await expect(chooseTag(ruleOf('/(1/'), '1', ['1'])).rejects.toThrow("'/(1/' is not a regular expression");
});

test('a hundred thousand hostile tags take bounded time', async () => {
  const tags = Array.from({ length: 100_000 }, (_, at) => `${'1.'.repeat(60)}${at}`);
  expect((await chooseTag(ruleOf('1.x'), '1.2', tags)).wanted).toBe('1.2');
});

import { describe, expect, test } from 'vitest';
import type { BumpPlan } from '../../../src/bump/bump-plan.js';
import type { PinChange } from '../../../src/bump/one-pin/pin-change.js';
import { planToCommitMessage } from '../../../src/bump/output/commit-message.js';
import { planToMarkdown } from '../../../src/bump/output/markdown.js';
import { planToJson } from '../../../src/bump/output/plan-json.js';
import { groupProblems, placesText } from '../../../src/bump/output/problem-groups.js';
import { listPins } from '../../../src/list/list-pins.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

function change(name: string, file: string, version?: [string, string]): PinChange {
  const text = `{ image = "${name}:1@${digest('a')}"; }`;
  const [pin] = listPins({ files: [{ path: file, text }] }).pins;
  if (!pin) throw new Error('no pin found');
  const [from, to] = version ?? [];
  return {
    pin,
    from: { tag: '1', digest: digest('a'), hash: undefined, version: from },
    to: { tag: '1', digest: digest('b'), hash: undefined, version: to },
    edits: [],
    platformAssumed: undefined,
  };
}

function plan(changes: PinChange[], problems: BumpPlan['problems'] = []): BumpPlan {
  return {
    changes,
    problems,
    files: [],
    counts: { found: changes.length, current: 0, frozen: 0, untracked: 0, unfollowable: 0 },
  };
}

test('the commit message of one image names it', () => {
  expect(planToCommitMessage(plan([change('redis', 'a.nix', ['7.4.1', '7.4.2'])]))).toBe(
    'Bump redis:1\n\n- `redis:1`: aaaaaaaaaaaa → bbbbbbbbbbbb (`7.4.1` → `7.4.2`)\n',
  );
});

test('the commit message of several images counts them, each once', () => {
  expect(
    planToCommitMessage(plan([change('redis', 'a.nix'), change('redis', 'b.nix'), change('nginx', 'b.nix')])),
  ).toBe(
    'Bump 2 container images\n\n- `redis:1`: aaaaaaaaaaaa → bbbbbbbbbbbb\n- `nginx:1`: aaaaaaaaaaaa → bbbbbbbbbbbb\n',
  );
  expect(planToCommitMessage(plan([]))).toBe('');
});

test('an image that is pinned at two old digests is one image of the commit message, with a line for each', () => {
  const older = change('redis', 'b.nix');
  const message = planToCommitMessage(
    plan([change('redis', 'a.nix'), { ...older, from: { ...older.from, digest: digest('c') } }]),
  );
  expect(message).toBe(
    'Bump redis:1\n\n- `redis:1`: aaaaaaaaaaaa → bbbbbbbbbbbb\n- `redis:1`: cccccccccccc → bbbbbbbbbbbb\n',
  );
});

test('the Markdown is a table whose cells are plain text', () => {
  const text = planToMarkdown(plan([change('redis', 'a|`b`.nix', ['1', '<img src=x> [a](b) | *c*'])]));
  expect(text.split('\n')[2]).toBe(
    "| `redis:1` | `aaaaaaaaaaaa` | `bbbbbbbbbbbb` | `1` → `�img�src�x���a��b�����c�` | `a¦'b'.nix` |",
  );
});

describe.each([
  ['two\nlines\r\nof text'],
  ['\u001b[31mred\u0007'],
  ['right\u202eto left\u2066'],
  ['@team and @a/b'],
  ['Closes #1, fixes GH-2'],
  ['[skip ci] ***NO_CI***'],
  ['https://evil.example [a](https://b)'],
  ['``code`` | <b>bold</b>'],
  ['x'.repeat(100_000)],
  ['\nSigned-off-by: a <b@c>'],
])('a label or a file called %j', (text) => {
  const bumped = plan([change('redis', `${text}.nix`, ['1', text])]);

  test('is one line of plain text in a commit message', () => {
    const message = planToCommitMessage(bumped);
    expect(message.split('\n')).toHaveLength(4);
    expect(message).toMatch(/^Bump redis:1\n\n- `redis:1`: a{12} → b{12} \(`1` → `[\w.+~:\ufffd-]{1,64}…?`\)\n$/);
  });

  test('is code in a table of one row', () => {
    const lines = planToMarkdown(bumped).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(
      /^\| `redis:1` \| `a{12}` \| `b{12}` \| `1` → `[^`|]{1,65}` \| `[^`|\p{Cc}\p{Bidi_Control}]{1,301}` \|$/u,
    );
  });
});

const PROBLEM = {
  file: 'a.nix',
  line: 3,
  column: 1,
  severity: 'failure',
  code: 'not-found',
  message: 'no such tag',
} as const;

test('the Markdown says what could not be changed, and calls no such pin up to date', () => {
  expect(planToMarkdown(plan([], [PROBLEM]))).toBe(
    'Nothing is changed: 0 up to date, 1 failed.\n\nLeft as they are:\n\n- `a.nix:3`: `no such tag`\n',
  );
  const untracked = { ...PROBLEM, severity: 'notice' as const, message: 'no @team `tag`' };
  expect(planToMarkdown({ ...plan([], [untracked]), counts: { ...plan([]).counts, found: 1 } })).toBe(
    "All pins that follow a tag are up to date.\n\nLeft as they are:\n\n- `a.nix:3`: `no @team 'tag'`\n",
  );
  expect(planToMarkdown(plan([]))).toBe('No pins were found.\n');
  expect(planToMarkdown({ ...plan([]), counts: { ...plan([]).counts, found: 2, current: 2 } })).toBe(
    'All pins are up to date.\n',
  );
});

test('one failure of many pins is reported once, with its places', () => {
  const problems = Array.from({ length: 12 }, (_, at) => ({ ...PROBLEM, line: at + 1, imageName: 'redis' }));
  const groups = groupProblems([...problems, { ...PROBLEM, file: 'b.nix', message: 'another' }]);
  expect(groups).toMatchObject([
    { message: 'no such tag', imageName: 'redis' },
    { message: 'another', places: ['b.nix:3'] },
  ]);
  expect(placesText(groups[0]?.places ?? [])).toMatch(/^a\.nix:1, a\.nix:2, .*, a\.nix:10 and 2 more$/);
  expect(groupProblems([...problems, { ...PROBLEM, imageName: 'nginx' }])[0]).toMatchObject({ imageName: undefined });
  expect(planToMarkdown(plan([], problems)).match(/no such tag/g)).toHaveLength(1);
});

test('the JSON has a version and every key of a change', () => {
  expect(planToJson(plan([change('redis', 'a.nix')]))).toEqual({
    version: 1,
    changes: [
      {
        file: 'a.nix',
        line: 1,
        column: 11,
        imageName: 'redis',
        tag: '1',
        followedBy: 'tag',
        from: { tag: '1', imageDigest: digest('a'), hash: null, version: null, image: null },
        to: { tag: '1', imageDigest: digest('b'), hash: null, version: null, image: null },
        platformAssumed: false,
        assumed: [],
        proven: null,
        storePath: null,
        layers: null,
        compareLink: null,
        systems: null,
      },
    ],
    problems: [],
    files: [],
    counts: { found: 1, current: 0, frozen: 0, untracked: 0, unfollowable: 0 },
  });
});

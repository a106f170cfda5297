import { expect, test } from 'vitest';
import type { BumpPlan } from '../../../src/bump/bump-plan.js';
import type { PinChange } from '../../../src/bump/one-pin/pin-change.js';
import { planToCommitMessage } from '../../../src/bump/output/commit-message.js';
import { planToMarkdown } from '../../../src/bump/output/markdown.js';
import { planToJson } from '../../../src/bump/output/plan-json.js';
import { listPins } from '../../../src/list/list-pins.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

function change(name: string, file: string, version?: [string, string]): PinChange {
  const text = `{ image = "${name}:1@${digest('a')}"; }`;
  const [pin] = listPins({ files: [{ path: file, text }] }).pins;
  if (!pin) throw new Error('no pin found');
  const [from, to] = version ?? [];
  return {
    pin,
    from: { digest: digest('a'), hash: undefined, version: from },
    to: { digest: digest('b'), hash: undefined, version: to },
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
    'Bump redis:1\n\n- redis:1: aaaaaaaaaaaa → bbbbbbbbbbbb (7.4.1 → 7.4.2)\n',
  );
});

test('the commit message of several images counts them, each once', () => {
  expect(
    planToCommitMessage(plan([change('redis', 'a.nix'), change('redis', 'b.nix'), change('nginx', 'b.nix')])),
  ).toBe('Bump 2 container images\n\n- redis:1: aaaaaaaaaaaa → bbbbbbbbbbbb\n- nginx:1: aaaaaaaaaaaa → bbbbbbbbbbbb\n');
  expect(planToCommitMessage(plan([]))).toBe('');
});

test('the Markdown is a table whose cells are plain text', () => {
  const text = planToMarkdown(plan([change('redis', 'a|`b`.nix', ['1', '<img src=x> [a](b) | *c*'])]));
  expect(text.split('\n')[2]).toBe(
    '| `redis:1` | `aaaaaaaaaaaa` | `bbbbbbbbbbbb` | 1 → \\<img src=x\\> \\[a\\](b) \\| \\*c\\* | `a  b .nix` |',
  );
});

test('the Markdown lists below what could not be changed', () => {
  const problem = {
    file: 'a.nix',
    line: 3,
    column: 1,
    severity: 'failure',
    code: 'not-found',
    message: 'no such tag',
  } as const;
  expect(planToMarkdown(plan([], [problem]))).toBe(
    'All pins are up to date.\n\nLeft as they are:\n\n- `a.nix:3` no such tag\n',
  );
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
        from: { imageDigest: digest('a'), hash: null, version: null },
        to: { imageDigest: digest('b'), hash: null, version: null },
        platformAssumed: false,
      },
    ],
    problems: [],
    files: [],
    counts: { found: 1, current: 0, frozen: 0, untracked: 0, unfollowable: 0 },
  });
});

import { expect, test } from 'vitest';
import { collect, conclude, jsonText, outcomeJson } from '../../../src/cli/terminal/outcome.js';
import { Report } from '../../../src/cli/terminal/report.js';
import { PullpinError, UsageError } from '../../../src/errors.js';
import { testContext } from '../../support/run-in-process.js';

const ASKED = ['a', 'b', 'c'].map((name) => ({ text: name }));

const act = async ({ text }: (typeof ASKED)[number]): Promise<string> => {
  if (text === 'b') throw new PullpinError('gone');
  return text.toUpperCase();
};

test('one failure does not lose the others, and is reported with the name that was typed', async () => {
  const context = testContext();
  const outcome = await collect(ASKED, 2, context, act);
  expect(outcome).toMatchObject({ results: ['A', 'C'], problems: [{ image: 'b' }] });
  expect(await conclude(outcome, 'text\n', undefined, context, new Report(context, 'normal'))).toBe(1);
  expect(context.said).toEqual({ stdout: 'text\n', stderr: expect.stringMatching(/^pullpin: .*b.*: gone\n$/) });
});

test('after an interruption nothing more is started, and nothing is reported', async () => {
  const abort = new AbortController();
  const begun: string[] = [];
  const interrupted = collect(ASKED, 1, testContext({ signal: abort.signal }), async ({ text }) => {
    begun.push(text);
    abort.abort();
  });
  await expect(interrupted).rejects.toThrow('aborted');
  expect(begun).toEqual(['a']);
});

test('several failures of one kind end with its code, of several kinds with 1', async () => {
  const context = testContext();
  const end = (...errors: unknown[]) =>
    conclude(
      { results: [], problems: errors.map((error) => ({ image: 'a', error })) },
      '',
      undefined,
      context,
      new Report(context, 'quiet'),
    );
  expect(await end()).toBe(0);
  expect(await end(new UsageError('x'), new UsageError('y'))).toBe(2);
  expect(await end(new UsageError('x'), new PullpinError('y'))).toBe(1);
  expect(context.said.stdout).toBe('');
});

test('JSON has a version, the results under their name, and the problems', () => {
  const text = outcomeJson('digests', [{ digest: 'd' }], [{ image: 'a', error: new PullpinError('gone') }]);
  expect(JSON.parse(text)).toEqual({
    version: 1,
    digests: [{ digest: 'd' }],
    problems: [{ image: 'a', kind: 'failure', message: 'gone' }],
  });
});

test('no character of JSON acts on a terminal, and none is lost', () => {
  const value = { a: 'b\u001b\u009b\u202e\u2028\ud800\u{e0001}\u00e9\u{1f40b}\n' };
  const text = jsonText(value);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\u2028\u2029]/u);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain('\u00e9\u{1f40b}');
});

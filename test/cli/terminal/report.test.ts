import { expect, test } from 'vitest';
import { type Loudness, problemToJson, Report } from '../../../src/cli/terminal/report.js';
import { PullpinError, UsageError } from '../../../src/errors.js';
import { testContext } from '../../support/run-in-process.js';

function said(loudness: Loudness, write: (report: Report) => void): string {
  const context = testContext();
  write(new Report(context, loudness));
  return context.said.stderr;
}

const FAILURE = new PullpinError('it broke', { cause: new Error('because', { cause: new Error('of that') }) });

test('a failure is one line, with its causes in a verbose run', () => {
  expect(said('quiet', (report) => report.failure(FAILURE, 'redis:7'))).toBe('pullpin: redis:7: it broke\n');
  expect(said('verbose', (report) => report.failure(FAILURE))).toBe(
    'pullpin: it broke\n  caused by: because\n  caused by: of that\n  more about it: docs/troubleshooting.md#pullpin-error\n',
  );
});

test('a subject that the message already has is not repeated', () => {
  expect(said('normal', (report) => report.failure(new PullpinError('redis:7 is gone'), 'redis:7'))).toBe(
    'pullpin: redis:7 is gone\n',
  );
});

test('each loudness reports what it should', () => {
  const writeAll = (report: Report): void => {
    report.warning('w');
    report.note('n');
    report.detail('d');
  };
  expect(said('quiet', writeAll)).toBe('');
  expect(said('normal', writeAll)).toBe('pullpin: warning: w\npullpin: n\n');
  expect(said('verbose', writeAll)).toBe('pullpin: warning: w\npullpin: n\n  d\n');
});

test('nothing that acts on a terminal is printed, also in the stack of a bug', () => {
  const evil = 'a\u001b[31m\u009b\r\n\u202e\u2028b';
  const text = said('verbose', (report) => {
    report.failure(new PullpinError(evil, { cause: new Error(evil) }), evil);
    report.failure(new TypeError(evil));
    report.failure(evil);
    report.warning(evil);
    report.note(evil);
    report.detail(evil);
  });
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\u2028\u2029]/u);
  expect(text).toContain('this is a bug in pullpin');
  expect(text).toMatch(/at .*report\.test\.ts/);
});

test('in JSON a failure has a kind', () => {
  expect(problemToJson(new UsageError('x\ny'))).toEqual({ kind: 'usage', message: 'x\ufffdy' });
  expect(problemToJson(FAILURE)).toEqual({ kind: 'failure', message: 'it broke' });
  expect(problemToJson('x')).toEqual({ kind: 'bug', message: 'x' });
});

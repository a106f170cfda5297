import { expect, test } from 'vitest';
import { placeOfHelp } from '../../src/cli/terminal/report.js';
import { PullpinError } from '../../src/errors.js';
import { runPullpin } from '../support/run-pullpin.js';
import { readSource, sourceFiles } from '../support/source-imports.js';
import { readPage } from './support/markdown.js';

/** The anchors of docs/troubleshooting.md. */
const ANCHORS = Array.from(readPage('docs/troubleshooting.md').matchAll(/^### <a id="([^"]+)"/gm), ([, id]) => id);

/** The classes of errors in the source, by what they extend. */
function errorClasses(): string[] {
  const extended = sourceFiles().flatMap((file) =>
    Array.from(
      readSource(file).matchAll(/^export (?:abstract )?class (\w+) extends (\w+)/gm),
      ([, name = '', base = '']) => ({ name, base }),
    ),
  );
  const errors = new Set(['PullpinError']);
  for (const base of errors) for (const each of extended) if (each.base === base) errors.add(each.name);
  return [...errors];
}

test('docs/troubleshooting.md explains each class of errors, and no other', () => {
  const places = errorClasses().map((name) => placeOfHelp({ name }).split('#')[1]);
  expect([...ANCHORS].sort()).toEqual(places.sort());
});

test('an error names its place by its class', () => {
  expect(placeOfHelp(new PullpinError('x'))).toBe('docs/troubleshooting.md#pullpin-error');
});

test.each([
  ['a name that no registry can have', ['redis:'], 'invalid-reference-error'],
  ['an option that does not exist', ['--no-such-option', 'redis'], 'usage-error'],
  ['a server that is not there', ['127.0.0.1:1/a:1', '--retries', '0'], 'connection-error'],
  ['a folder that is no layout', ['--from', 'oci:.', 'registry.example/a:1'], 'layout-error'],
])('the executable prints the place for %s with --verbose, and not without', async (_, words, anchor) => {
  const line = `  more about it: docs/troubleshooting.md#${anchor}\n`;
  expect((await runPullpin(['--verbose', ...words])).stderr).toContain(line);
  expect((await runPullpin(words)).stderr).not.toContain('more about it');
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TEMPLATE_NAMES } from '../../../../src/nix/render/built-in/template-table.js';
import { fixtureImage } from '../../../support/fixture-images.js';
import { runInProcess, testContext } from '../../../support/run-in-process.js';
import { runPullpin } from '../../../support/run-pullpin.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('pullpin templates lists them, each with what it writes', async () => {
  const { stdout, exitCode } = await runPullpin(['templates']);
  expect(exitCode).toBe(0);
  const rows = stdout.trimEnd().split('\n');
  expect(rows.map((row) => row.split(' ')[0])).toEqual(TEMPLATE_NAMES);
  for (const row of rows) expect(row).toMatch(/^\S+ {2,}\S.*\S$/);
});

const IMAGE = ['--from', `oci:${fixtureImage('hello')}`, 'registry.example/hello:1.0'];
const pin = (...options: string[]) => runInProcess(['pin', ...options, ...IMAGE], testContext());

test.each(TEMPLATE_NAMES)('pullpin templates %s prints a file that writes the same', async (name) => {
  const { stdout: source } = await runPullpin(['templates', name]);
  const file = join(temporaryFolder(), 'own.hbs');
  writeFileSync(file, source);
  const [, options = ''] = /^\{\{! use with (.*) \}\}$/m.exec(source) ?? [];
  const words = options === '' ? [] : options.split(' ');
  const platforms = ['images', 'per-system', 'flake'].includes(name) ? ['--platform', 'all'] : [];
  const [own, builtIn] = [await pin('-t', file, ...words, ...platforms), await pin('-t', name, ...platforms)];
  expect(builtIn.exitCode).toBe(0);
  expect(own).toMatchObject({ stdout: builtIn.stdout, exitCode: 0 });
});

test.each([
  [['pullimage'], "there is no built-in template 'pullimage'; did you mean pull-image?"],
  [['nothing'], "there is no built-in template 'nothing'; there are pull-image, attrs"],
  [['attrs', 'json'], "'json' is one argument too many"],
])('pullpin templates %j is a usage error', async (words, message) => {
  const run = await runInProcess(['templates', ...words], testContext());
  expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
});

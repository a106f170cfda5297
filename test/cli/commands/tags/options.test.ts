import { expect, test } from 'vitest';
import { startRegistry } from '../../../support/faulty-registry.js';
import { image } from '../../../support/images.js';
import { runInProcess, testContext } from '../../../support/run-in-process.js';

const registry = await startRegistry({ tags: { 'many/tags': ['latest', '1.9', '1.10', '2.0'] } });
const made = (year: number) =>
  image({ config: `{"os":"linux","architecture":"amd64","created":"${year}-01-01T00:00:00Z"}`, layers: [] });
registry.add('dated/app:old', made(2019));
registry.add('dated/app:new', made(2025));

const tags = (...args: string[]) => runInProcess(['tags', ...args], testContext());

test('tags are printed a line each, chosen and ordered as asked', async () => {
  expect(await tags(`${registry.host}/many/tags`)).toMatchObject({ stdout: 'latest\n1.9\n1.10\n2.0\n', exitCode: 0 });
  expect((await tags(`${registry.host}/many/tags`, '--match', '1.*', '--semver', '--limit', '1')).stdout).toBe(
    '1.10\n',
  );
  expect((await tags(`${registry.host}/dated/app`, '--newest', '1')).stdout).toBe('new  2025-01-01T00:00:00Z\n');
});

test('the JSON has a version', async () => {
  const { stdout } = await tags(`${registry.host}/dated/app`, '--newest', '2', '--json');
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    tags: [
      { tag: 'new', created: '2025-01-01T00:00:00Z' },
      { tag: 'old', created: '2019-01-01T00:00:00Z' },
    ],
  });
});

test.each([
  [['redis:7'], 'write redis'],
  [['redis', '--limit', 'many'], '--limit is a whole number'],
  [['redis', '--match', '/(/'], 'not a regular expression'],
  [[], 'repository'],
])('%j is refused before any request', async (args, message) => {
  expect(await tags(...args)).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
});

test('a repository that does not exist is not found', async () => {
  expect(await tags(`${registry.host}/no/such`)).toMatchObject({ exitCode: 5, stdout: '' });
});

test('a list of tags that is not there is not taken for a missing tag', async () => {
  const name = `${registry.host}/many/tags`;
  registry.fail({ status: 404, body: JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: '' }] }) });
  registry.fail({ status: 404, body: '' });
  expect(await tags(name)).toMatchObject({
    exitCode: 5,
    stderr: `pullpin: ${name}: not found: no such repository, or one without a list of tags (status 404)\n`,
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRegistry } from '../../../support/faulty-registry.js';
import { gitRepository } from '../../../support/git-repository.js';
import { image } from '../../../support/images.js';
import { runInProcess, testContext } from '../../../support/run-in-process.js';

const registry = await startRegistry();
const content = (text: string) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });
const [OLD, NEW] = [content('old'), content('new')];
for (const name of ['app', 'web']) for (const each of [OLD, NEW]) registry.add(`${name}:1`, each);
const pins = (...names: string[]) =>
  names.map((name) => `- image: ${registry.host}/${name}:1@${OLD.root.digest}\n`).join('');

/** Two checkouts, and a command that runs in the first. */
function checkouts(one: Record<string, string>, two: Record<string, string>) {
  const [first, second] = [one, two].map((files) => {
    const repository = gitRepository({ 'a.yaml': pins('app'), ...files });
    repository.commit();
    return repository;
  });
  if (!first || !second) throw new TypeError('there are two');
  const read = (folder: string) => readFileSync(join(folder, 'a.yaml'), 'utf8');
  return {
    first,
    second,
    isMoved: () => [first, second].map(({ folder }) => read(folder).includes(NEW.root.digest)),
    bump: (...words: string[]) =>
      runInProcess(
        ['bump', '.', second.folder, ...words],
        testContext({ folder: first.folder, environment: first.environment }),
      ),
  };
}

const SETTINGS = '[bump]\ncooldown = "7d"\n';

test.each([
  ['has settings, and this one has none', {}, { 'pullpin.toml': SETTINGS }],
  ['has other settings', { 'pullpin.toml': '[bump]\ntags = "minor"\n' }, { 'pullpin.toml': SETTINGS }],
])(
  'a repository that %s is refused before any request, for its pins would move by foreign rules',
  async (_, one, two) => {
    const { bump, isMoved, second } = checkouts(one, two);
    const before = registry.requests.length;
    const { exitCode, stderr } = await bump();
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${second.folder}/pullpin.toml has other settings than this run`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(registry.requests.length).toBe(before);
    expect(isMoved()).toEqual([false, false]);
    expect(await bump('--no-config')).toMatchObject({ exitCode: 0 });
    expect(isMoved()).toEqual([true, true]);
  },
);

test('repositories with the same settings are bumped together, each image asked for once', async () => {
  const settings = { 'pullpin.toml': '[bump]\ntags = "patch"\n' };
  const { bump, isMoved } = checkouts(settings, settings);
  const before = registry.questions.length;
  expect(await bump()).toMatchObject({ exitCode: 0 });
  expect(isMoved()).toEqual([true, true]);
  const asked = registry.questions.slice(before).filter((question) => question.includes('manifests/1'));
  expect(asked).toHaveLength(1);
});

test('--since looks its revision up in each repository', async () => {
  const { bump, first, second, isMoved } = checkouts({}, {});
  for (const { folder, commit } of [first, second]) {
    writeFileSync(join(folder, 'b.yaml'), pins('web'));
    commit();
  }
  const { exitCode, stderr } = await bump('--since', 'HEAD~1');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('2 pins changed') });
  expect(isMoved()).toEqual([false, false]);
  for (const { folder } of [first, second])
    expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toContain(NEW.root.digest);
});

test('--since names the repository that lacks the revision', async () => {
  const { bump, first, second, isMoved } = checkouts({}, {});
  writeFileSync(join(first.folder, 'b.yaml'), pins('web'));
  first.commit();
  const { exitCode, stderr } = await bump('--since', 'HEAD~1');
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`HEAD~1 is not known to git in ${second.folder}`);
  expect(isMoved()).toEqual([false, false]);
});

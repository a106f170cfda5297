import { expect, test } from 'vitest';
import type { BumpPlan } from '../../../src/bump/bump-plan.js';
import { compareLink } from '../../../src/bump/output/compare-link.js';
import { planToMarkdown } from '../../../src/bump/output/markdown.js';
import { planToJson } from '../../../src/bump/output/plan-json.js';
import { planBump } from '../../../src/bump/plan.js';
import { createRegistryClient } from '../../../src/registry/client.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { type ImageContent, image } from '../../support/images.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startRegistry();
const client = createRegistryClient();
const [OLD, NEW] = ['1'.repeat(40), '2'.repeat(40)] as const;

function content(created: string, layers: readonly string[], labels: Readonly<Record<string, string>>): ImageContent {
  const config = { architecture: 'amd64', os: 'linux', created, config: { Labels: labels } };
  return image({ config: JSON.stringify(config), layers: layers.map((text) => ({ bytes: Buffer.from(text) })) });
}

function labels(source: string, revision: string, base: string): Record<string, string> {
  const prefix = 'org.opencontainers.image';
  return { [`${prefix}.source`]: source, [`${prefix}.revision`]: revision, [`${prefix}.base.name`]: base };
}

async function plan(from: ImageContent, to: ImageContent, isGone = false): Promise<BumpPlan> {
  registry.add('app:1', from);
  registry.add('app:1', to);
  if (isGone) registry.remove(from.root.digest);
  const text = `"${registry.host}/app:1@${from.root.digest}"`;
  return planBump(
    { files: [{ path: 'a.nix', text }] },
    { registries: client, temporaryFolder: temporaryFolder(), details: true },
  );
}

const GITHUB = 'https://github.com/acme/app';
const BEFORE = content('2026-01-02T03:04:05Z', ['base', 'old'], labels(GITHUB, OLD, 'debian:12'));
const AFTER = content(
  '2026-02-03T00:00:00.5+01:00',
  ['base', 'new', 'more'],
  labels(`${GITHUB}.git`, NEW, 'debian:13'),
);

test('a change says what its images say of themselves, and which layers are the same', async () => {
  const planned = await plan(BEFORE, AFTER);
  const link = `${GITHUB}/compare/${OLD}...${NEW}`;
  const [change] = planToJson(planned).changes;
  expect(change).toMatchObject({
    from: { image: { created: '2026-01-02T03:04:05.000Z', base: 'debian:12', source: GITHUB, revision: OLD } },
    to: { image: { created: '2026-02-02T23:00:00.500Z', base: 'debian:13', revision: NEW } },
    layers: { count: 3, shared: 1 },
    compareLink: link,
  });
  expect(change?.to.image?.size).toBeGreaterThan(change?.from.image?.size ?? Number.NaN);
  expect(planToMarkdown(planned)).toContain(
    `\nWhat changed:\n\n- \`${registry.host}/app:1\`: made \`2026-01-02\` → \`2026-02-02\`, size \`${change?.from.image?.size} B\` → \`${change?.to.image?.size} B\`, 1 of 3 layers as before, base \`debian:12\` → \`debian:13\`, [what changed in its source](${link})\n`,
  );
});

test('an image that is gone has no details, and the new one still has', async () => {
  const [change] = planToJson(await plan(content('2025-01-01T00:00:00Z', ['gone'], {}), AFTER, true)).changes;
  expect(change).toMatchObject({ from: { image: null }, to: { image: { revision: NEW } }, layers: null });
});

test('a run that does not ask for details costs no request for them', async () => {
  registry.add('app:1', BEFORE);
  registry.add('app:1', AFTER);
  const before = registry.questions.length;
  const files = [{ path: 'a.nix', text: `"${registry.host}/app:1@${BEFORE.root.digest}"` }];
  const planned = await planBump({ files }, { registries: client, temporaryFolder: temporaryFolder() });
  expect(planned.changes[0]?.to.image).toBeUndefined();
  expect(registry.questions.slice(before).filter((question) => question.includes('blobs'))).toEqual([]);
});

test('text of a label is never a link, a mention or a second line', async () => {
  const evil = '[a](https://evil.example)\n@team `x` | <b>';
  const planned = await plan(BEFORE, content('no date', ['x'], labels(evil, evil, evil)));
  const line =
    planToMarkdown(planned)
      .split('\n')
      .find((each) => each.startsWith('- ')) ?? '';
  expect(line.replaceAll(/`[^`]*`/g, '')).toBe(
    '- : size  → , 0 of 1 layers as before, base  → , source , revision  → ',
  );
});

const details = (source: string, revision: string) => ({
  ...{ created: undefined, size: 0, base: undefined },
  ...{ source, revision },
});

test.each([
  ['https://github.com/acme/app', 'https://github.com/acme/app/compare/'],
  ['https://github.com/acme/app.git#main:sub', 'https://github.com/acme/app/compare/'],
  ['https://github.com/acme/app/tree/main/x', 'https://github.com/acme/app/compare/'],
  ['https://gitlab.com/a/b/c', 'https://gitlab.com/a/b/c/-/compare/'],
  ['https://gitlab.example.org/a/b/-/tree/main', 'https://gitlab.example.org/a/b/-/compare/'],
  ['https://codeberg.org/a/b', 'https://codeberg.org/a/b/compare/'],
])('%s has a page that compares two commits', (source, page) => {
  expect(compareLink(details(source, OLD), details(source, NEW))).toBe(`${page}${OLD}...${NEW}`);
});

test.each([
  ['http://github.com/acme/app', OLD, NEW],
  ['https://github.com.evil.example/acme/app', OLD, NEW],
  ['https://evil.example/gitlab/acme', OLD, NEW],
  ['https://user@github.com/acme/app', OLD, NEW],
  ['https://github.com:8443/acme/app', OLD, NEW],
  ['https://github.com/acme', OLD, NEW],
  ['https://github.com/acme/a)b', OLD, NEW],
  ['https://github.com/acme/..%2f..', OLD, NEW],
  ['javascript:alert(1)', OLD, NEW],
  ['git@github.com:acme/app.git', OLD, NEW],
  ['https://github.com/acme/app', OLD, OLD],
  ['https://github.com/acme/app', 'main', NEW],
  ['https://github.com/acme/app', OLD, `${NEW}](https://evil.example)`],
  [`https://gitlab.com/${'a/'.repeat(1000)}b`, OLD, NEW],
])('no link for %s from %s to %s', (source, from, to) => {
  expect(compareLink(details(source, from), details(source, to))).toBeUndefined();
});

test('no link when the source has moved to another repository', () => {
  expect(compareLink(details('https://github.com/a/b', OLD), details('https://github.com/a/c', NEW))).toBeUndefined();
});

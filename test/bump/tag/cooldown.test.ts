import { describe, expect, test } from 'vitest';
import type { BumpPlan } from '../../../src/bump/bump-plan.js';
import { planToJson } from '../../../src/bump/output/plan-json.js';
import { type BumpSettings, planBump } from '../../../src/bump/plan.js';
import { Cache } from '../../../src/cache/cache.js';
import { createRegistryClient } from '../../../src/registry/client.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { type ImageContent, image } from '../../support/images.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const DAY = 24 * 60 * 60 * 1000;
const registry = await startRegistry();
const client = createRegistryClient();
const { host } = registry;

/** A date so many days ago. */
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();
const dayIn = (days: number): string => ago(-days).slice(0, 10);

function add(name: string, created: string | undefined, text = name): ImageContent {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', ...(created !== undefined && { created }) });
  const content = image({ config, layers: [{ bytes: Buffer.from(text) }] });
  registry.add(name, content);
  return content;
}

const WEB = new Map(
  Object.entries({ '1.0': 400, '1.1': 20, '1.2': 10, '1.3': 3 }).map(([tag, age]) => [
    tag,
    add(`web:${tag}`, ago(age)),
  ]),
);
const digestOf = (tag: string): string => WEB.get(tag)?.root.digest ?? '';
const web = (tag: string, comment = ''): string => `{\n${comment}image = "${host}/web:${tag}@${digestOf(tag)}";\n}\n`;
const RULE = '# pullpin: 1.x\n';

function plan(text: string, settings: Partial<BumpSettings> = {}): Promise<BumpPlan> {
  const files = [{ path: 'a.nix', text }];
  return planBump({ files }, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
}

const after = ({ files }: BumpPlan): string | undefined => files[0]?.after;

describe('a rule takes the newest image that is old enough', () => {
  test.each([
    [0, '1.3'],
    [2, '1.3'],
    [7, '1.2'],
    [14, '1.1'],
  ])('with a cooldown of %i days, %s', async (days, tag) => {
    const planned = await plan(web('1.0', RULE), { cooldown: days * DAY });
    expect(after(planned)).toBe(web(tag, RULE));
    expect(planned.problems.map(({ code, severity }) => [code, severity])).toEqual(
      tag === '1.3' ? [] : [['cooldown', 'notice']],
    );
  });

  test('and says what it holds back, and until when', async () => {
    const planned = await plan(web('1.0', RULE), { cooldown: 7 * DAY });
    expect(planned.problems[0]?.message).toContain(`1.3 (${digestOf('1.3').slice(7, 19)}) is too new: `);
    expect(planned.problems[0]?.message).toContain(`free on ${dayIn(4)}`);
    expect(planToJson(planned).problems[0]?.free).toMatch(new RegExp(`^${dayIn(4)}T`));
  });

  test('and leaves the pin alone when there is none', async () => {
    const planned = await plan(web('1.2', RULE), { cooldown: 7 * DAY });
    expect(planned).toMatchObject({ changes: [], problems: [{ code: 'cooldown' }], counts: { current: 1 } });
    const untagged = `{\n${RULE}image = "${host}/web@${digestOf('1.0')}";\n}\n`;
    expect(await plan(untagged, { cooldown: 500 * DAY })).toMatchObject({
      changes: [],
      problems: [{ code: 'cooldown' }],
    });
  });
});

test('a comment of the pin wins over the setting, in both directions', async () => {
  expect(after(await plan(web('1.0', `${RULE}# pullpin: cooldown 14d\n`)))).toContain('web:1.1@');
  const none = `${RULE}# pullpin: cooldown 0\n`;
  expect(after(await plan(web('1.0', none), { cooldown: 14 * DAY }))).toBe(web('1.3', none));
});

test('a comment that gives no time is reported', async () => {
  const { problems } = await plan(web('1.0', '# pullpin: cooldown soon\n'));
  expect(problems.map(({ code }) => code)).toContain('malformed-directive');
});

describe('a pin without a rule', () => {
  const source = (name: string, digest: string): string => `{ image = "${host}/${name}:1@${digest}"; }`;

  test('waits until the image of its tag is old enough, also by --check', async () => {
    const old = add('moving:1', ago(100), 'old').root.digest;
    add('moving:1', ago(3), 'new');
    for (const mode of ['all', 'digests'] as const)
      expect(await plan(source('moving', old), { cooldown: 7 * DAY, mode })).toMatchObject({
        changes: [],
        problems: [{ code: 'cooldown', severity: 'notice' }],
      });
    expect((await plan(source('moving', old), { cooldown: 2 * DAY })).changes).toHaveLength(1);
  });

  test('is filled in at once when it has no digest', async () => {
    add('fresh:1', ago(1));
    const pinFiles = { files: [{ path: 'a.nix', text: `{ image = "${host}/fresh:1"; }` }], withUnpinned: true };
    const planned = await planBump(pinFiles, {
      registries: client,
      temporaryFolder: temporaryFolder(),
      cooldown: 7 * DAY,
    });
    expect(planned.changes).toHaveLength(1);
  });

  test.each([
    ['says no date', undefined],
    ['says the first date of computers', '1970-01-01T00:00:00Z'],
    ['says a date to come', ago(-30)],
  ])('counts from the day on which it saw an image first that %s', async (what, created) => {
    const name = `undated-${what.length}`;
    const old = add(`${name}:1`, ago(100), 'old').root.digest;
    const { digest } = add(`${name}:1`, created, 'new').root;
    const cache = new Cache(temporaryFolder());
    const held = await plan(source(name, old), { cooldown: 7 * DAY, cache });
    expect(held).toMatchObject({ changes: [], problems: [{ code: 'cooldown' }] });
    expect(held.problems[0]?.message).toContain(`free on ${dayIn(7)}, counted from when it was first seen here`);
    // Days later, the same machine knows since when it is there.
    cache.set('seen', `${host}/${name}@${digest}`, JSON.stringify({ first: Date.now() - 8 * DAY, notBefore: null }));
    expect((await plan(source(name, old), { cooldown: 7 * DAY, cache })).changes).toHaveLength(1);
  });

  test('does not believe a date from before the tag had another image', async () => {
    const old = add('backdated:1', ago(100), 'old').root.digest;
    const cache = new Cache(temporaryFolder());
    await plan(source('backdated', old), { cooldown: 7 * DAY, cache });
    add('backdated:1', ago(50), 'new');
    const held = await plan(source('backdated', old), { cooldown: 7 * DAY, cache });
    expect(held).toMatchObject({ changes: [], problems: [{ code: 'cooldown' }] });
    // A machine that has never looked at the tag has only the date.
    expect((await plan(source('backdated', old), { cooldown: 7 * DAY })).changes).toHaveLength(1);
  });
});

test('a placeholder hash is filled in for the digest that stays', async () => {
  const old = add('waiting:1', ago(100), 'old').root.digest;
  add('waiting:1', ago(1), 'new');
  const text = `{ dockerTools }: dockerTools.pullImage { imageName = "${host}/waiting"; imageDigest = "${old}"; hash = ""; finalImageTag = "1"; }`;
  const planned = await plan(text, { cooldown: 7 * DAY });
  expect(planned.changes).toMatchObject([{ from: { digest: old }, to: { digest: old } }]);
  expect(planned.problems).toMatchObject([{ code: 'cooldown' }]);
  expect(after(planned)).toMatch(new RegExp(`imageDigest = "${old}"; hash = "sha256-`));
});

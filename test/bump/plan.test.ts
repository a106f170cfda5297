import { describe, expect, test } from 'vitest';
import type { BumpPlan } from '../../src/bump/bump-plan.js';
import { type BumpSettings, planBump } from '../../src/bump/plan.js';
import { formatHash } from '../../src/nix/literals/hash.js';
import type { Registries } from '../../src/oci/image-source.js';
import { pinImage } from '../../src/pin/pin.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { type ImageContent, image, index } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const host = registry.host;
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

function content(text: string, version?: string, architecture = 'amd64'): ImageContent {
  const labels = version === undefined ? '' : `,"config":{"Labels":{"org.opencontainers.image.version":"${version}"}}`;
  return image({
    config: `{"architecture":"${architecture}","os":"linux"${labels}}`,
    layers: [{ bytes: Buffer.from(text) }],
  });
}

const OLD = content('old', '1.2.3');
const NEW = content('new', '1.2.4');
registry.add('app:1', OLD);
registry.add('app:old', OLD);
registry.add('app:1', NEW);

const client = createRegistryClient();

/** Plans for one or more files, `default.nix` when it is one text. */
async function plan(files: string | Record<string, string>, settings: Partial<BumpSettings> = {}): Promise<BumpPlan> {
  const named = typeof files === 'string' ? { 'default.nix': files } : files;
  const pinFiles = { files: Object.entries(named).map(([path, text]) => ({ path, text })) };
  return planBump(pinFiles, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
}

const textAfter = (planned: BumpPlan): string | undefined => planned.files[0]?.after;

/** The hash that `pullpin pin` computes. */
async function hashOf(image: string, finalTag: string, platform = AMD64): Promise<string> {
  const settings = { registries: client, platform, finalTag, temporaryFolder: temporaryFolder() };
  const pin = await pinImage(`${host}/${image}`, settings);
  if (!pin.hash) throw new Error('no hash');
  return formatHash(pin.hash, 'sri');
}

function call(digest: string, hash: string, more = 'finalImageTag = "1";', name = 'app'): string {
  return `{ dockerTools }:\ndockerTools.pullImage {\n  imageName = "${host}/${name}";\n  imageDigest = "${digest}";\n  sha256 = "${hash}"; # keep me\n  ${more}\n}\n`;
}

const OLD_HASH = await hashOf('app:old', '1');
const NEW_HASH = await hashOf('app:1', '1');

describe('a pin whose tag has moved', () => {
  test('gets a new digest and hash together, and nothing else changes', async () => {
    const planned = await plan(call(OLD.root.digest, OLD_HASH));
    expect(textAfter(planned)).toBe(call(NEW.root.digest, NEW_HASH));
    expect(planned.changes).toMatchObject([
      {
        pin: { follows: '1', followedBy: 'finalImageTag' },
        from: { digest: OLD.root.digest, version: '1.2.3' },
        to: { digest: NEW.root.digest, version: '1.2.4' },
      },
    ]);
    expect(planned.problems).toEqual([]);
  });

  test('stays as it is in a second run', async () => {
    const planned = await plan(call(NEW.root.digest, NEW_HASH));
    expect(planned).toMatchObject({ changes: [], files: [], problems: [], counts: { found: 1, current: 1 } });
  });

  test.each(['sri', 'nix32', 'hex'] as const)('keeps the form of its hash: %s', async (format) => {
    const forms = [OLD_HASH, NEW_HASH].map((sri) =>
      formatHash(`sha256:${Buffer.from(sri.slice(7), 'base64').toString('hex')}`, format),
    );
    expect(textAfter(await plan(call(OLD.root.digest, forms[0] ?? '')))).toBe(call(NEW.root.digest, forms[1] ?? ''));
  });

  test('gets the new version in its comment too', async () => {
    const source = (digest: string, hash: string, version: string): string =>
      call(digest, hash).replace(`${digest}";`, `${digest}"; # ${version}`);
    expect(textAfter(await plan(source(OLD.root.digest, OLD_HASH, '1.2.3')))).toBe(
      source(NEW.root.digest, NEW_HASH, '1.2.4'),
    );
  });

  test('gets the digest alone in an OCI string, and the image is not looked at', async () => {
    const before = registry.questions.length;
    const source = (digest: string): string => `{ image = "${host}/app:1@${digest}"; }`;
    expect(textAfter(await plan(source(OLD.root.digest)))).toBe(source(NEW.root.digest));
    expect(registry.questions.slice(before)).toEqual(['HEAD manifests/1', `GET manifests/${NEW.root.digest}`]);
  });
});

test('a directive wins over the final tag, and a frozen pin does not change', async () => {
  const directed = call(NEW.root.digest, NEW_HASH).replace(
    'dockerTools.pullImage',
    '# pullpin: old\ndockerTools.pullImage',
  );
  expect((await plan(directed)).changes).toMatchObject([
    { pin: { follows: 'old', followedBy: 'directive' }, to: { digest: OLD.root.digest } },
  ]);
  const frozen = call(OLD.root.digest, OLD_HASH).replace(
    'dockerTools.pullImage',
    '# pullpin: freeze\ndockerTools.pullImage',
  );
  expect(await plan(frozen)).toMatchObject({ changes: [], counts: { frozen: 1 } });
});

test('a pin that shows no tag is reported, and follows the tag that the user assumes', async () => {
  const source = call(OLD.root.digest, OLD_HASH, '');
  expect(await plan(source)).toMatchObject({
    changes: [],
    problems: [{ code: 'untracked', severity: 'notice' }],
    counts: { untracked: 1 },
  });
  expect((await plan(source, { assumeTag: '1' })).changes).toMatchObject([{ pin: { followedBy: 'assumed' } }]);
});

describe('placeholders are filled in', () => {
  test.each([['""'], ['lib.fakeHash'], [`"${'0'.repeat(52)}"`]])('%s', async (placeholder) => {
    const half = call(NEW.root.digest, 'HASH')
      .replace('"HASH"', placeholder)
      .replace('{ dockerTools }', '{ dockerTools, lib }');
    const text = textAfter(await plan(half)) ?? '';
    const sha256 = /sha256 = "([^"]*)"; # keep me/.exec(text)?.[1] ?? '';
    expect(sha256.length === 52 ? sha256 : sha256).not.toBe('');
    const expected = formatHash(
      `sha256:${Buffer.from(NEW_HASH.slice(7), 'base64').toString('hex')}`,
      sha256.length === 52 ? 'nix32' : 'sri',
    );
    expect(sha256).toBe(expected);
  });

  test('an empty digest too', async () => {
    expect(textAfter(await plan(call('', '')))).toBe(call(NEW.root.digest, NEW_HASH));
  });
});

test('--hashes fixes the hash beside a digest that is not what its tag has, and says so', async () => {
  const planned = await plan(call(OLD.root.digest, NEW_HASH), { mode: 'hashes' });
  expect(textAfter(planned)).toBe(call(OLD.root.digest, OLD_HASH));
  expect(planned.problems).toMatchObject([{ code: 'behind', severity: 'notice', line: 2 }]);
  expect(planned.problems[0]?.message).toContain(NEW.root.digest);
});

test('--hashes says nothing of a digest that its tag has, or of one whose tag it cannot ask for', async () => {
  const current = await plan(call(NEW.root.digest, OLD_HASH), { mode: 'hashes' });
  const lost = await plan(call(OLD.root.digest, NEW_HASH, 'finalImageTag = "lost";'), { mode: 'hashes' });
  for (const { changes, problems } of [current, lost]) {
    expect(changes).toHaveLength(1);
    expect(problems).toEqual([]);
  }
});

describe('an index', () => {
  const other = content('for arm', '1', 'arm64');
  const newer = content('newer for arm', '2', 'arm64');
  const v1 = index([
    { image: OLD, platform: AMD64 },
    { image: other, platform: ARM64 },
  ]);
  const v2 = index([
    { image: OLD, platform: AMD64 },
    { image: newer, platform: ARM64 },
  ]);
  registry.add('multi:first', v1);
  registry.add('multi:1', v2);

  test('with the same image for the platform changes the digest without a download', async () => {
    const hash = await hashOf('multi:first', '1');
    const before = registry.questions.length;
    const source = (digest: string): string => call(digest, hash, 'finalImageTag = "1"; arch = "amd64";', 'multi');
    expect(textAfter(await plan(source(v1.root.digest)))).toBe(source(v2.root.digest));
    const layers = [...OLD.blobs].filter(([, bytes]) => bytes[0] !== 0x7b).map(([digest]) => `GET blobs/${digest}`);
    expect(layers).toHaveLength(1);
    expect(registry.questions.slice(before).filter((question) => layers.includes(question))).toEqual([]);
  });

  test('stays on its platform when it is pinned by the digest of one platform', async () => {
    const hash = await hashOf('multi:first', '1', ARM64);
    const [old, now] = [other.root.digest, newer.root.digest];
    const planned = await plan(call(old, hash, 'finalImageTag = "1"; arch = "arm64";', 'multi'));
    expect(planned.changes).toMatchObject([{ from: { digest: old }, to: { digest: now } }]);
    expect((await plan(call(OLD.root.digest, OLD_HASH, 'finalImageTag = "1";', 'multi'))).counts.current).toBe(1);
  });

  test('counts as linux/amd64 when the pin has no arch, and this is reported', async () => {
    const planned = await plan(call(v1.root.digest, '', 'finalImageTag = "1";', 'multi'));
    expect(planned.changes).toMatchObject([{ platformAssumed: AMD64 }]);
  });
});

describe('pins that share a literal', () => {
  const shared = (digest: string): string => `{ dockerTools }:
let digest = "${digest}"; in {
  one = dockerTools.pullImage { imageName = "${host}/app"; imageDigest = digest; sha256 = "${OLD_HASH}"; finalImageTag = "1"; };
  two = dockerTools.pullImage { imageName = "${host}/app"; imageDigest = digest; sha256 = "${OLD_HASH}"; finalImageTag = "TWO"; };
}
`;

  test('conflict when they follow different tags, and neither changes', async () => {
    const planned = await plan(shared(OLD.root.digest).replace('TWO', 'old'));
    expect(planned.files).toEqual([]);
    expect(planned.problems).toMatchObject([{ code: 'conflict', severity: 'failure' }]);
  });

  test('are changed once when they would get the same value', async () => {
    const planned = await plan(shared(OLD.root.digest).replace('TWO', '1'));
    expect(planned.changes).toHaveLength(2);
    expect(textAfter(planned)).toBe(shared(NEW.root.digest).replace('TWO', '1').replaceAll(OLD_HASH, NEW_HASH));
  });
});

test('a pin whose values are in an imported file is seen once, and changed there', async () => {
  const values = (digest: string, hash: string): string =>
    `{ imageName = "${host}/app"; imageDigest = "${digest}"; sha256 = "${hash}"; }\n`;
  const user = '{ dockerTools }: dockerTools.pullImage (import ./values.nix // { finalImageTag = "1"; })\n';
  const planned = await plan({ 'default.nix': user, 'values.nix': values(OLD.root.digest, OLD_HASH) });
  expect(planned.counts.found).toBe(1);
  expect(planned.problems).toEqual([]);
  expect(planned.files).toMatchObject([{ path: 'values.nix', after: values(NEW.root.digest, NEW_HASH) }]);
});

test('a digest without a hash beside it is not changed', async () => {
  const planned = await plan(`{ imageName = "${host}/app"; imageDigest = "${OLD.root.digest}"; finalImageTag = "1"; }`);
  expect(planned).toMatchObject({ files: [], problems: [{ code: 'no-hash', severity: 'failure' }] });
});

test('a failed look-up leaves its pin unchanged and is a failure; the other pins are still bumped', async () => {
  const planned = await plan({
    'a.nix': call(OLD.root.digest, OLD_HASH, 'finalImageTag = "nosuch";'),
    'b.nix': call(OLD.root.digest, OLD_HASH),
  });
  expect(planned.files.map(({ path }) => path)).toEqual(['b.nix']);
  expect(planned.problems).toMatchObject([{ file: 'a.nix', line: 2, severity: 'failure', code: 'not-found' }]);
});

test('the same question is asked once for many pins', async () => {
  const before = registry.questions.length;
  const planned = await plan(
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}.nix`, call(OLD.root.digest, OLD_HASH)])),
  );
  expect(planned.changes).toHaveLength(20);
  const asked = registry.questions.slice(before);
  expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
});

describe('registries are asked while pullpin is still looking for pins', () => {
  const current = call(NEW.root.digest, NEW_HASH);

  test('each question is asked once, and none for a pin that is not wanted', async () => {
    const seen: string[] = [];
    const repository: Registries['repository'] = (name) => {
      seen.push(`open ${name.repository}`);
      return client.repository(name);
    };
    const isWanted: BumpSettings['isWanted'] = ({ file }) => {
      seen.push(`is ${file} wanted`);
      return file === 'a.nix';
    };
    const before = registry.questions.length;
    const files = { 'a.nix': current, 'b.nix': current.replace('/app', '/other') };
    expect(await plan(files, { registries: { repository }, isWanted })).toMatchObject({
      counts: { found: 1, current: 1 },
      problems: [],
    });
    expect(seen.slice(0, 3)).toEqual(['is a.nix wanted', 'open app', 'is b.nix wanted']);
    expect(registry.questions.slice(before)).toEqual(['HEAD manifests/1']);
  });

  test('a failure is reported for its pin', async () => {
    const files = {
      'a.nix': current,
      'b.nix': current.replace('/app', '/gone'),
      'c.nix': current.replace(`${host}/app`, 'Not An Image'),
    };
    const { problems, counts } = await plan(files);
    expect(counts.current).toBe(1);
    expect(problems).toMatchObject([
      { file: 'b.nix', severity: 'failure', code: 'not-found' },
      { file: 'c.nix', severity: 'failure', code: 'malformed-reference' },
    ]);
  });
});

test('a pin that is up to date, and whose hash cannot be followed, is reported and counted', async () => {
  const text = call(NEW.root.digest, OLD_HASH)
    .replace(`"${OLD_HASH}"`, 'hashes.app')
    .replace('{ dockerTools }', '{ dockerTools, hashes }');
  const { counts, problems, files } = await plan(text);
  expect({ counts, files }).toMatchObject({ counts: { current: 1, unfollowable: 1 }, files: [] });
  expect(problems).toMatchObject([
    {
      severity: 'notice',
      code: 'unfollowable',
      line: 5,
      message: expect.stringMatching(/^sha256 cannot be followed: /),
    },
  ]);
});

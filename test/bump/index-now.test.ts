import { describe, expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { image, index } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const client = createRegistryClient();

function one(text: string, architecture: string) {
  return image({ config: `{"architecture":"${architecture}","os":"linux"}`, layers: [{ bytes: Buffer.from(text) }] });
}

const [OLD, OLD_ARM, AMD64, ARM64] = [
  one('old', 'amd64'),
  one('old', 'arm64'),
  one('new', 'amd64'),
  one('new', 'arm64'),
];
const NOW = index(
  [AMD64, ARM64].map((each, at) => ({ image: each, platform: { os: 'linux', architecture: at ? 'arm64' : 'amd64' } })),
);
registry.add('web:old', OLD);
registry.add('web:old-arm', OLD_ARM);
registry.add('web:1', NOW);
const NAME = `${registry.host}/web`;

async function plan(text: string, settings = {}) {
  const files = [{ path: 'a.nix', text: `{ dockerTools, system }: [\n${text}\n]` }];
  const options = { registries: client, temporaryFolder: temporaryFolder(), unproven: true, ...settings };
  const { changes, problems } = await planBump({ files }, options);
  return { digests: changes.map(({ to }) => to.digest), hashes: new Set(changes.map(({ to }) => to.hash)), problems };
}

const pulled = (more: string, digest: string = OLD.root.digest) =>
  `(dockerTools.pullImage { imageName = "${NAME}"; imageDigest = "${digest}"; finalImageTag = "1"; ${more} })`;
const TABLE = 'hash = { x86_64-linux = ""; aarch64-linux = ""; }.${system};';

describe('where the tag of one image is an index by now', () => {
  test.each([
    ['a string', `"${NAME}:1@${OLD.root.digest}"`],
    ['an image in parts', `{ repository = "${NAME}"; tag = "1@${OLD.root.digest}"; }`],
  ])('%s gets the index', async (_, text) => {
    const { digests, problems } = await plan(text);
    expect(digests).toEqual([NOW.root.digest]);
    expect(problems).toMatchObject([{ code: 'index-now', severity: 'notice', line: 2 }]);
    expect((await plan(text, { digest: 'platform' })).digests).toEqual([AMD64.root.digest]);
  });

  test('a table of hashes gets it, with the hash of each platform', async () => {
    const { digests, hashes } = await plan(pulled(TABLE));
    expect(digests).toEqual([NOW.root.digest, NOW.root.digest]);
    expect(hashes.size).toBe(2);
  });

  test.each([
    ['a call without arch', pulled('hash = "";'), AMD64],
    ['a string of another platform', `"${NAME}:1@${OLD_ARM.root.digest}"`, ARM64],
  ])('%s stays on its platform, with the line and what to do', async (_, text, child) => {
    const { digests, problems } = await plan(text);
    expect(digests).toEqual([child.root.digest]);
    expect(problems).toMatchObject([{ code: 'one-platform', severity: 'notice', line: 2 }]);
    expect(problems[0]?.message).toContain(NOW.root.digest);
    expect((await plan(text, { digest: 'index' })).digests).toEqual([NOW.root.digest]);
  });

  test('a call with arch stays on it, which is what it says', async () => {
    const { digests, problems } = await plan(pulled('hash = ""; arch = "amd64";'));
    expect(digests).toEqual([AMD64.root.digest]);
    expect(problems).toEqual([]);
  });
});

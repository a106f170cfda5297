import { expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { image, index } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const host = registry.host;
const client = createRegistryClient();

function content(text: string, architecture: string) {
  return image({ config: `{"architecture":"${architecture}","os":"linux"}`, layers: [{ bytes: Buffer.from(text) }] });
}

function both(text: string) {
  return index(
    ['amd64', 'arm64'].map((architecture) => ({
      image: content(text, architecture),
      platform: { os: 'linux', architecture },
    })),
  );
}

const [OLD, NEW] = [both('old'), both('new')];
registry.add('app:old', OLD);
registry.add('app:1', NEW);

async function plan(text: string) {
  const files = { files: [{ path: 'default.nix', text }] };
  return planBump(files, { registries: client, temporaryFolder: temporaryFolder() });
}

test('two calls on one digest literal, of which one gives the tag, move together', async () => {
  const call = (rest: string) =>
    `(d.pullImage { imageName = "${host}/app"; imageDigest = digest; hash = ""; ${rest} })`;
  const text = `{ d }: let digest = "${OLD.root.digest}"; in [
    ${call('arch = "amd64"; finalImageTag = "1";')}
    ${call('arch = "arm64";')}
  ]`;
  const { changes, problems, files } = await plan(text);
  expect(problems).toEqual([]);
  expect(changes.map(({ to }) => to.digest)).toEqual([NEW.root.digest, NEW.root.digest]);
  expect(files[0]?.after).toContain(NEW.root.digest);
  expect(files[0]?.after).not.toContain('hash = ""');
});

test('images in parts move, digest and tag stay together, and hashes go with them', async () => {
  const text = (digest: string) => `{
  a = { repository = "${host}/app"; tag = "1@${digest}"; };
  b = { registry = "${host}"; repository = "app"; tag = "1"; digest = "${digest}"; };
}`;
  const { changes, problems, files } = await plan(text(OLD.root.digest));
  expect(problems).toEqual([]);
  expect(changes.map(({ pin }) => `${pin.follows} ${pin.followedBy}`)).toEqual(['1 tag', '1 tag']);
  expect(files[0]?.after).toBe(text(NEW.root.digest));
});

import { describe, expect, test } from 'vitest';
import { type BumpSettings, planBump } from '../../src/bump/plan.js';
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
const SINGLE = index([{ image: content('single', 'amd64'), platform: { os: 'linux', architecture: 'amd64' } }]);
registry.add('app:1', NEW);
const ELSEWHERE = both('elsewhere');
registry.add('app:2', ELSEWHERE);
registry.add('mirror:1', ELSEWHERE);
registry.add('mirror:old', OLD);
registry.add('single:old', OLD);
registry.add('single:1', SINGLE);

const HASH = 'sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=';
const OTHER_HASH = `sha256-${'A'.repeat(42)}8=`;

async function plan(text: string, settings: Partial<BumpSettings> = {}) {
  const files = { files: [{ path: 'default.nix', text }] };
  return planBump(files, { registries: client, temporaryFolder: temporaryFolder(), ...settings });
}

test('two calls on one digest literal, of which one gives the tag, move together', async () => {
  const call = (rest: string) =>
    `(dockerTools.pullImage { imageName = "${host}/app"; imageDigest = digest; hash = ""; ${rest} })`;
  const text = `{ dockerTools }: let digest = "${OLD.root.digest}"; in [
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

describe('a string beside a call with the same digest', () => {
  const both = (string: string, digest = OLD.root.digest) => `{ dockerTools }: let digest = "${digest}"; tag = "1"; in [
    (dockerTools.pullImage { imageName = "${host}/app"; imageDigest = digest; hash = ""; arch = "amd64"; finalImageTag = tag; })

    ${string}
  ]`;

  test.each([
    ['the tag of the call', `"${host}/app:\${tag}@\${digest}"`],
    ['the same tag in a literal of its own', `"${host}/app:1@\${digest}"`],
    ['no tag', `"${host}/app@\${digest}"`],
    ['the same tag in a directive', `# pullpin: 1\n"${host}/app@\${digest}"`],
  ])('moves with it: %s', async (_, string) => {
    const { problems, files } = await plan(both(string));
    expect(problems).toEqual([]);
    expect(files[0]?.after).toContain(`digest = "${NEW.root.digest}"`);
  });

  test.each([
    ['another tag', `"${host}/app:2@\${digest}"`],
    ['another tag in a directive', `# pullpin: 2\n"${host}/app@\${digest}"`],
    ['another tag in a directive, and that of the call', `# pullpin: 2\n"${host}/app:\${tag}@\${digest}"`],
    ['another tag in a comment', `"${host}/app@\${digest}" # tag 2`],
    ['another image', `"${host}/mirror:1@\${digest}"`],
    ['another image with the tag of the call', `"${host}/mirror:\${tag}@\${digest}"`],
  ])('stays with it, because it follows another digest: %s', async (_, string) => {
    const { changes, problems } = await plan(both(string));
    expect(changes).toEqual([]);
    expect(problems).toMatchObject([
      { code: 'conflict', line: 2, message: expect.stringContaining('with the pin at default.nix:') },
      { code: 'conflict', message: expect.stringContaining('with the pin at default.nix:2, which would') },
    ]);
  });

  test('gives its tag to a call that names none', async () => {
    const call = (more: string) => `{ dockerTools }: let digest = "${OLD.root.digest}"; in [
    (dockerTools.pullImage { imageName = "${host}/app"; imageDigest = digest; hash = ""; arch = "amd64"; })
    ${more}\n]`;
    for (const string of [`"${host}/app:1@\${digest}"`, `# pullpin: 1\n"${host}/app@\${digest}"`]) {
      const { changes } = await plan(call(string));
      expect(changes).toMatchObject([{ pin: { follows: '1' }, to: { digest: NEW.root.digest } }]);
    }
  });

  test('moves its own tag by the rule of the call', async () => {
    registry.add('ruled:1.0', OLD);
    registry.add('ruled:1.1', NEW);
    const text = (tag: string, digest: string, hash: string) => `{ dockerTools }: let digest = "${digest}"; in [
    # pullpin: ^1.0
    (dockerTools.pullImage { imageName = "${host}/ruled"; imageDigest = digest; hash = "${hash}"; arch = "amd64"; finalImageTag = "${tag}"; })

    # pullpin: ^1.0
    "${host}/ruled:${tag}@\${digest}"
  ]`;
    const { problems, changes, files } = await plan(text('1.0', OLD.root.digest, ''));
    expect(problems).toEqual([]);
    expect(files[0]?.after).toBe(text('1.1', NEW.root.digest, changes[0]?.to.hash ?? ''));
  });
});

describe('one hash for several architectures', () => {
  const call = (arch: string, digest = OLD.root.digest, name = 'app', hash = `"${HASH}"`) =>
    `{ dockerTools, stdenv }: dockerTools.pullImage {
  imageName = "${host}/${name}"; imageDigest = "${digest}"; hash = ${hash};
  finalImageTag = "1"; arch = ${arch};
}`;
  const GO = 'stdenv.hostPlatform.go.GOARCH';

  test.each([GO, 'if stdenv.isAarch64 then "arm64" else "amd64"'])(
    'is one failure, not one for each: %s',
    async (arch) => {
      const { changes, problems, counts } = await plan(call(arch));
      expect(changes).toEqual([]);
      expect(counts.found).toBe(1);
      expect(problems).toMatchObject([
        {
          severity: 'failure',
          code: 'shared-hash',
          message: expect.stringMatching(/^one hash cannot serve linux\/amd64 and linux\/arm64: .*--system$/),
        },
      ]);
    },
  );

  test('is that of the platform which the user chooses', async () => {
    const hashes = await Promise.all(
      ['amd64', 'arm64'].map(async (architecture) => {
        const { changes, problems } = await plan(call(GO), { platform: { os: 'linux', architecture } });
        expect(problems).toEqual([]);
        return changes[0]?.to.hash;
      }),
    );
    const written = await plan(call('"arm64"'));
    expect(hashes[1]).toBe(written.changes[0]?.to.hash);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test('is that of the only architecture that the index has', async () => {
    const { changes, problems } = await plan(call(GO, OLD.root.digest, 'single'));
    expect(problems).toEqual([]);
    expect(changes).toMatchObject([{ to: { digest: SINGLE.root.digest } }]);
    expect(changes[0]?.to.hash).toBe((await plan(call('"amd64"', OLD.root.digest, 'single'))).changes[0]?.to.hash);
  });

  test('a pin that is up to date does not change', async () => {
    expect(await plan(call(GO, NEW.root.digest))).toMatchObject({ changes: [], problems: [], counts: { current: 1 } });
  });

  test('--add-arch adds none beside a computed one', async () => {
    const settings = { addArch: true, platform: { os: 'linux', architecture: 'amd64' } };
    const { files } = await plan(call(GO), settings);
    expect(files[0]?.after.match(/arch =/g)).toHaveLength(1);
  });
});

test('a conflict within one pin names no other pin', async () => {
  const { changes, problems } = await plan(`{ dockerTools, system }: dockerTools.pullImage {
  imageName = "${host}/app"; finalImageTag = "1"; hash = "";
  imageDigest = { x86_64-linux = "${OLD.root.digest}"; aarch64-linux = "${OLD.root.digest}"; }.\${system};
}`);
  expect(changes).toEqual([]);
  expect(new Set(problems.map(({ message }) => message))).toEqual(
    new Set([
      'it shares a value between several systems or calls, and one of them would need a different one or stays as it is: give each its own',
    ]),
  );
});

test('a hash of optionalString is no pin on the systems where it is empty', async () => {
  const text = (digest: string, one: string, other: string) => `{ dockerTools, lib, stdenv }: dockerTools.pullImage {
  imageName = "${host}/app"; imageDigest = "${digest}"; finalImageTag = "1"; arch = stdenv.hostPlatform.go.GOARCH;
  hash = lib.optionalString stdenv.isx86_64 "${one}" + lib.optionalString stdenv.isAarch64 "${other}";
}`;
  const { changes, problems, files } = await plan(text(OLD.root.digest, HASH, OTHER_HASH));
  expect(problems).toEqual([]);
  const [one = '', other = ''] = changes.map(({ to }) => to.hash ?? '');
  expect(files[0]?.after).toBe(text(NEW.root.digest, one, other));
});

test('platforms that the index lacks and that are not named are not asked for', async () => {
  const text = (digest: string, hash: string) => `{ dockerTools, stdenv }: dockerTools.pullImage {
  imageName = "${host}/single"; imageDigest = "${digest}"; finalImageTag = "1";
  hash = if stdenv.isx86_64 then "${hash}" else "${OTHER_HASH}";
}`;
  const { changes, problems, files } = await plan(text(OLD.root.digest, HASH));
  expect(problems).toMatchObject([
    { severity: 'notice', code: 'left', message: expect.stringMatching(/the hash stays$/) },
  ]);
  expect(files[0]?.after).toBe(text(SINGLE.root.digest, changes[0]?.to.hash ?? ''));
});

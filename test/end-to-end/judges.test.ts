import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../src/oci/verified.js';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImage, fixtureImages } from '../support/fixture-images.js';
import { image } from '../support/images.js';
import { createNix } from '../support/nix-build.js';
import { pushLayout, skopeoArchive, skopeoDirectory } from '../support/skopeo.js';

// What the other end-to-end tests stand on: that the judges judge.

const H = Buffer.from('hello\n');
const W = Buffer.from('world\n');
const C1 = '{"architecture":"amd64","os":"linux"}';
const TWO = image({ layers: [{ bytes: H }, { bytes: W, compression: 'none' }], config: C1 });
const SHA256_OF_TWO = '69d7760646fdfa05182bf0e68486505f3c421d6c1ee2f4edd7537674b26502d9';

describe('docker-registry and skopeo', async () => {
  const registry = await startDockerRegistry();

  test('skopeo writes the archive that the specification names', async () => {
    await registry.push('example/two', '1', TWO);
    const image = `${registry.host}/example/two@${TWO.root.digest}`;
    const judgement = await skopeoArchive({ image, finalName: 'example/two', finalTag: '1' });
    expect(judgement).toEqual({ sha256: SHA256_OF_TWO });
  });

  test('skopeo copies a folder, the same one with every architecture', async () => {
    const image = `${registry.host}/example/two@${TWO.root.digest}`;
    const folders = await Promise.all(['amd64', 'arm64'].map((arch) => skopeoDirectory({ image, arch })));
    expect(folders[0]).toEqual(folders[1]);
    expect(folders[0]).toHaveProperty('sha256');
  });

  test('a refusal is not a success', async () => {
    const image = `${registry.host}/example/two@${TWO.root.digest}`;
    const judgement = await skopeoArchive({ image, finalName: 'Example', finalTag: '1' });
    expect(judgement).toEqual({ refused: expect.stringContaining('must be lowercase') });
  });

  test.for(Object.entries(fixtureImages()))('the layout %s keeps its digest when pushed', async ([name, content]) => {
    await pushLayout(fixtureImage(name), `${registry.host}/fixtures/${name}:1`);
    const response = await fetch(`http://${registry.host}/v2/fixtures/${name}/manifests/1`, {
      headers: { accept: content.root.mediaType },
    });
    expect(response.headers.get('content-type')).toBe(content.root.mediaType);
    expect(digestOf(new Uint8Array(await response.arrayBuffer()))).toBe(content.root.digest);
  });
});

test('a registry with a password refuses a push without it, and accepts one with it', async () => {
  const registry = await startDockerRegistry({ login: { username: 'someone', password: 'open sesame' } });
  await registry.push('example/two', '1', TWO);
  expect((await fetch(`http://${registry.host}/v2/`)).status).toBe(401);
});

test('a registry with TLS is trusted by its own authority only', async () => {
  const registry = await startDockerRegistry({ tls: true });
  await registry.push('example/two', '1', TWO);
  expect(readFileSync(registry.caFile ?? '', 'utf8')).toContain('BEGIN CERTIFICATE');
  await expect(fetch(`https://${registry.host}/v2/`)).rejects.toThrow();
});

describe('nix-build', async () => {
  const nix = createNix();
  let registry: DockerRegistry;

  const block = (hash: string, rest = 'tlsVerify = false;') => `dockerTools.pullImage {
    imageName = "${registry.host}/example/two"; imageDigest = "${TWO.root.digest}"; ${hash} ${rest}
    finalImageName = "example/two"; finalImageTag = "1";
  }`;
  const sri = `sha256-${Buffer.from(SHA256_OF_TWO, 'hex').toString('base64')}`;

  test.for([`sha256 = "${SHA256_OF_TWO}";`, `hash = "${sri}";`, `outputHash = "${sri}"; outputHashAlgo = "sha256";`])(
    'builds %s',
    async (hash) => {
      registry ??= await startDockerRegistry();
      await registry.push('example/two', '1', TWO);
      expect(await nix.build(block(hash))).toEqual({
        storePath: expect.stringMatching(/store\/[a-z0-9]{32}-docker-image-example-two-1\.tar$/),
      });
    },
  );

  test.for([
    [`hash = "${SHA256_OF_TWO}";`, 'does not include a type'],
    [`outputHash = "${sri}";`, "called without required argument 'outputHashAlgo'"],
    [`hash = "${sri}"; sha256 = "${sri}";`, 'both hash and sha256'],
    ['', 'no hash'],
    [`sha256 = "${SHA256_OF_TWO.replace(/^6/, '7')}";`, 'hash mismatch'],
  ] as const)('refuses %s: %s', async ([hash, reason]) => {
    expect(await nix.build(block(hash))).toEqual({ refused: expect.stringContaining(reason) });
  });

  test('pulls from loopback over plain HTTP only with tlsVerify = false', async () => {
    const wrong = `sha256 = "${SHA256_OF_TWO.replace(/^6/, '8')}";`;
    expect(await nix.build(block(wrong, ''))).toEqual({ refused: expect.stringContaining('HTTP response to HTTPS') });
  });
});

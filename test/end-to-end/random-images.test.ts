import { afterAll, describe, expect, test } from 'vitest';
import { PullpinError } from '../../src/errors.js';
import { hexOf } from '../../src/oci/digest.js';
import { pinImage } from '../../src/pin/pin.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { type RandomImage, randomImage } from '../support/random-image.js';
import { type Judgement, skopeoArchive, skopeoDirectory } from '../support/skopeo.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SEEDS = Array.from({ length: process.env['LONG_TESTS'] ? 1000 : 150 }, (_, seed) => seed);
const registry = await startDockerRegistry();
const client = createRegistryClient();
const folder = temporaryFolder();
const archives: string[] = [];

afterAll(() => client.close());

/** What the library says to an image; a failure that is not a PullpinError is a bug and ends the test. */
async function pinned(random: RandomImage, target: 'docker-archive' | 'nar'): Promise<Judgement> {
  const { content, finalName, finalTag, os, arch } = random;
  const names = target === 'nar' ? {} : { finalName, finalTag };
  try {
    const { hash } = await pinImage(`${registry.host}/random/image@${content.root.digest}`, {
      registries: client,
      platform: { os, architecture: arch },
      target,
      temporaryFolder: folder,
      ...names,
    });
    return hash ? { sha256: hexOf(hash) } : expect.unreachable();
  } catch (error) {
    if (error instanceof PullpinError) return { refused: error.message };
    throw error;
  }
}

/** The sha256, or undefined after a refusal: each program has its own words for the reason. */
function verdict(judgement: Judgement): string {
  return 'sha256' in judgement ? judgement.sha256 : 'refused';
}

describe.concurrent('pullpin and skopeo say the same of the image with the seed', () => {
  test.for(SEEDS)('%i', async (seed) => {
    const random = randomImage(seed);
    const { content, withoutZstd } = random;
    await registry.push('random/image', `${seed}`, content);
    if (withoutZstd.root.digest !== content.root.digest) {
      await registry.push('random/image', `${seed}-without-zstd`, withoutZstd);
    }
    const image = `${registry.host}/random/image@`;
    const archive = await skopeoArchive({ ...random, image: image + withoutZstd.root.digest });
    const directory = await skopeoDirectory({ ...random, image: image + content.root.digest });
    const ours = [await pinned(random, 'docker-archive'), await pinned(random, 'nar')];
    const explained = JSON.stringify({ skopeo: [archive, directory], pullpin: ours });
    expect(ours.map(verdict), explained).toEqual([archive, directory].map(verdict));
    archives.push(verdict(archive));
  });
});

test('the seeds make enough of both: archives, all different, and refusals', () => {
  const hashes = archives.filter((archive) => archive !== 'refused');
  expect(hashes.length).toBeGreaterThan(SEEDS.length * 0.4);
  expect(new Set(hashes).size).toBeGreaterThan(hashes.length * 0.9);
  expect(archives.length - hashes.length).toBeGreaterThan(SEEDS.length * 0.2);
});

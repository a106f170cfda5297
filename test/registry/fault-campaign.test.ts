import { expect, test } from 'vitest';
import { PullpinError } from '../../src/errors.js';
import type { Digest } from '../../src/oci/digest.js';
import { digestOf, verified } from '../../src/oci/verified.js';
import { startRegistry } from '../support/faulty-registry.js';
import { createRandom } from '../support/random.js';
import { randomFault } from '../support/random-fault.js';
import { bytesOf, hello, openClient } from '../support/reading.js';
import { startTokenServer } from '../support/token-server.js';

const ROUNDS = 250;

/** One image's worth of questions: its digest, its manifest, and a blob whose digest is checked. */
test(`${ROUNDS} readings through random faults end with the right bytes or a clear error`, async () => {
  const random = createRandom(7);
  const contents = Array.from({ length: 8 }, () => random.bytes(random.integer(1, 300_000)));
  const blobs = new Map<Digest, Uint8Array>(contents.map((bytes) => [digestOf(bytes), bytes]));
  const image = { ...hello, blobs };
  const tokens = await startTokenServer({ expiresIn: 1 });
  const names = Array.from({ length: ROUNDS }, (_, index) => `image-${index}`);
  const images = Object.fromEntries(names.map((name) => [`${name}:1`, image]));
  const registry = await startRegistry({ images, guard: tokens.guard });
  registry.fail(...Array.from({ length: 800 }, () => randomFault(random)));
  tokens.fail(...Array.from({ length: 40 }, () => randomFault(random)));
  const client = openClient({
    retry: { retries: 3, pause: 1, longestWait: 10 },
    timeLimits: { connect: 1000, headers: 500, idle: 500, small: 2000 },
    concurrency: 32,
  });

  const outcomes = { right: 0, failed: 0 };
  const reading = async (repository: string, index: number): Promise<void> => {
    const source = client.repository({ registry: registry.host, repository });
    const [digest, bytes] = [...blobs][index % blobs.size]!;
    // A size that is wrong must do no harm.
    const descriptor = { mediaType: '', digest, size: index % 3 === 0 ? 17 : bytes.length };
    try {
      const root = await source.resolve('1');
      expect(root).toBe(hello.root.digest);
      expect((await source.manifest(root)).bytes).toEqual(Buffer.from(hello.root.bytes));
      const received = await bytesOf(verified(source.blob(descriptor), descriptor));
      expect(digestOf(received)).toBe(digest);
      const end = await source.blobEnd(descriptor, 1);
      outcomes.right += 1;
      expect(end === undefined || end.length === 1).toBe(true);
    } catch (error) {
      if (!(error instanceof PullpinError)) throw error;
      expect(error.message).not.toMatch(/\p{C}/u);
      outcomes.failed += 1;
    }
  };
  await Promise.all(names.map(reading));
  expect(outcomes.right + outcomes.failed).toBe(ROUNDS);
  // Most faults pass; enough do not, or the campaign would show nothing.
  expect(outcomes.right).toBeGreaterThan(ROUNDS / 2);
  expect(outcomes.failed).toBeGreaterThan(0);
  await expect.poll(() => registry.underWay).toBe(0);
});

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { RecordingHash, resumeHash } from '../../../src/prefetch/hashing/saved-hash.js';
import { createRandom } from '../../support/random.js';

const MIB = 1024 * 1024;
const random = createRandom(7);
const pieces = Array.from({ length: 6 }, () => random.bytes(4 * MIB));
const sha256 = (parts: readonly Uint8Array[]): string =>
  createHash('sha256').update(Buffer.concat(parts)).digest('hex');

/** A hash that sees all pieces come at this rate, in bytes per second. */
async function recorded(rate: number, always = false): Promise<RecordingHash> {
  let now = 0;
  const hash = await RecordingHash.create(() => now, always);
  for (const piece of pieces) {
    now += (piece.length / rate) * 1000;
    hash.update(piece);
  }
  return hash;
}

async function resumed(state: Uint8Array | undefined, rest: readonly Uint8Array[]): Promise<string | undefined> {
  const hash = state && (await resumeHash(state));
  for (const piece of rest) hash?.update(piece);
  return hash?.digest();
}

describe('a state', () => {
  test('exists after a slow download, and continues to the same hash', async () => {
    const hash = await recorded(20_000_000);
    const more = random.bytes(100);
    expect(await resumed(hash.save(), [more])).toBe(sha256([...pieces, more]));
    expect(hash.digest()).toBe(sha256(pieces));
  });

  test('does not exist after a fast download, unless it is always wanted', async () => {
    expect((await recorded(500_000_000)).save()).toBeUndefined();
    expect(await resumed((await recorded(500_000_000, true)).save(), [])).toBe(sha256(pieces));
  });

  test('that is damaged is not used', async () => {
    expect(await resumeHash(Buffer.alloc(116))).toBeUndefined();
    expect(await resumeHash(Buffer.alloc(3))).toBeUndefined();
  });
});

describe('going back to a checkpoint', () => {
  test.each([0, 1, 5])('after %i pieces keeps nothing of the bytes in between', async (before) => {
    const hash = await RecordingHash.create(() => 0, true);
    for (const piece of pieces.slice(0, before)) hash.update(piece);
    const goBack = hash.checkpoint();
    hash.update(random.bytes(1000));
    goBack();
    for (const piece of pieces.slice(before)) hash.update(piece);
    expect(await resumed(hash.save(), [])).toBe(sha256(pieces));
    expect(hash.digest()).toBe(sha256(pieces));
  });

  test('that lies before the decision to record costs the state, not the hash', async () => {
    const hash = await RecordingHash.create(() => 0, true);
    const goBack = hash.checkpoint();
    for (const piece of pieces) hash.update(piece);
    goBack();
    hash.update(pieces[0] ?? Buffer.alloc(0));
    expect(hash.save()).toBeUndefined();
    expect(hash.digest()).toBe(sha256(pieces.slice(0, 1)));
  });
});

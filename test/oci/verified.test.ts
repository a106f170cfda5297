import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { BlobDigest } from '../../src/oci/digest.js';
import type { DamageReport } from '../../src/oci/image-source.js';
import { BlobMismatchError, digestOf, requireBlob, verified, withoutDamage } from '../../src/oci/verified.js';

const SHA512: BlobDigest = `sha512:${createHash('sha512').update('hello').digest('hex')}`;

async function* letters(text: string): AsyncGenerator<Uint8Array> {
  for (const letter of text) yield Buffer.from(letter);
}

async function read(text: string, digest: BlobDigest): Promise<string> {
  let all = '';
  for await (const chunk of verified(letters(text), { digest, mediaType: '', size: 99 })) all += Buffer.from(chunk);
  return all;
}

test.each([
  ['hello', digestOf('hello')],
  ['', digestOf('')],
  ['hello', SHA512],
] as const)('%j passes as %s', async (text, digest) => {
  expect(await read(text, digest)).toBe(text);
});

test.each(['hell', 'hello!', 'Hello', ''])('%j does not pass for hello', async (text) => {
  const failure = await read(text, digestOf('hello')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BlobMismatchError);
  expect(failure).toMatchObject({ digest: digestOf('hello'), received: text.length, actual: digestOf(text) });
  await expect(read(text, SHA512)).rejects.toThrow(/sha512:[0-9a-f]{128} is damaged: .*sha512:/);
});

describe('a blob that was damaged', () => {
  const damage = new BlobMismatchError(digestOf('hello'), 4, digestOf('hell'));

  /** Fails as often as a source has reports, and what came of it. */
  async function reading(reports: readonly (DamageReport | undefined)[], error: Error = damage) {
    const told: BlobDigest[] = [];
    const left = [...reports];
    let readings = 0;
    const outcome = await withoutDamage(
      {
        reportDamage: (digest) => {
          told.push(digest);
          return left.shift();
        },
      },
      async () => {
        readings += 1;
        if (readings > reports.length) return 'read';
        throw error;
      },
    ).catch((failure: unknown) => failure);
    return { outcome, told, readings };
  }

  test('is read once more while there is another place, and each time its source hears of it', async () => {
    const mirror = { hosts: ['mirror.example'], hasOtherPlace: true };
    expect(await reading([])).toEqual({ outcome: 'read', told: [], readings: 1 });
    expect(await reading([mirror, mirror])).toEqual({
      outcome: 'read',
      told: [damage.digest, damage.digest],
      readings: 3,
    });
  });

  test('is an error with the hosts that sent it when there is no other place', async () => {
    const { outcome, readings } = await reading([{ hosts: ['a.example', 'b.example'], hasOtherPlace: false }]);
    expect(readings).toBe(1);
    expect(outcome).toMatchObject({ digest: damage.digest, received: 4, actual: digestOf('hell') });
    expect(String(outcome)).toContain('the 4 bytes received from a.example and b.example have the digest');
  });

  test('is the same error when its source does not know who sent it', async () => {
    expect((await reading([undefined])).outcome).toBe(damage);
    expect(damage.message).toBe(
      `blob ${digestOf('hello')} is damaged: the 4 bytes received have the digest ${digestOf('hell')}; try again, or push it again`,
    );
    await expect(withoutDamage({}, () => Promise.reject(damage))).rejects.toBe(damage);
  });

  test('is not what another error means', async () => {
    const other = new TypeError('a mistake');
    const { outcome, told } = await reading([{ hosts: [], hasOtherPlace: true }], other);
    expect([outcome, told]).toEqual([other, []]);
  });
});

describe('whether a source has a blob', () => {
  const descriptor = { digest: digestOf('hello'), mediaType: '', size: 5 };

  test('is asked as cheaply as it can be', async () => {
    const asked: unknown[] = [];
    const blob = () => letters('never read');
    await requireBlob({ blob, checkBlob: async (wanted) => void asked.push(wanted) }, descriptor);
    expect(asked).toEqual([descriptor]);
    const missing = new TypeError('no such blob');
    await expect(requireBlob({ blob, checkBlob: () => Promise.reject(missing) }, descriptor)).rejects.toBe(missing);
  });

  test('else shows in its first bytes', async () => {
    let sent = 0;
    async function* counted() {
      for await (const letter of letters('hello')) {
        sent += 1;
        yield letter;
      }
    }
    await requireBlob({ blob: counted }, descriptor);
    expect(sent).toBe(1);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import { digestOf } from '../../../src/oci/verified.js';
import { type Progress, ReadAhead } from '../../../src/prefetch/download/read-ahead.js';

const MIB = 1024 * 1024;

interface Blob extends Descriptor {
  /** How many bytes really come. */
  readonly length: number;
}

function blob(name: string, length: number, size = length): Blob {
  return { mediaType: '', digest: digestOf(name), size, length };
}

/** Serves zeros in pieces of 256 KiB, each after some time, and notes what is open and how much was handed out before anybody read. */
function server(blobs: readonly Blob[], milliseconds?: number) {
  const opened: Descriptor[] = [];
  const open = new Set<Descriptor>();
  const sent = new Map<Descriptor, number>();
  async function* serve(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    const { length } = blobs.find((one) => one.digest === descriptor.digest) ?? { length: 0 };
    opened.push(descriptor);
    open.add(descriptor);
    try {
      for (let at = 0; at < length; at += MIB / 4) {
        if (milliseconds !== undefined) await sleep(milliseconds);
        const piece = new Uint8Array(Math.min(MIB / 4, length - at));
        sent.set(descriptor, at + piece.length);
        yield piece;
      }
    } finally {
      open.delete(descriptor);
    }
  }
  return { blob: serve, opened, open, sent };
}

async function lengthOf(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of bytes) length += chunk.length;
  return length;
}

describe('layers that are opened early', () => {
  test('is what fits into 16 MiB, in order, and nothing larger than 8 MiB', async () => {
    const blobs = Array.from({ length: 12 }, (_, at) => blob(`${at}`, 5 * MIB));
    const source = server(blobs);
    const reader = new ReadAhead(source, blobs);
    await sleep(20);
    expect(source.opened).toEqual(blobs.slice(0, 3));
    expect(await lengthOf(reader.read(blobs[0]!))).toBe(5 * MIB);
    await sleep(20);
    expect(source.opened).toEqual(blobs.slice(0, 4));
    reader.closeAll();
  });

  test('where the line is slower than the reader, is what fits into 48 MiB', async () => {
    const blobs = Array.from({ length: 12 }, (_, at) => blob(`${at}`, 5 * MIB));
    const source = server(blobs, 5);
    const reader = new ReadAhead(source, blobs);
    expect(await lengthOf(reader.read(blobs[0]!))).toBe(5 * MIB);
    expect(source.opened).toEqual(blobs.slice(0, 10));
    reader.closeAll();
  });

  test('where the reader is slower, is what fits into 16 MiB, however long the first bytes have taken', async () => {
    const blobs = Array.from({ length: 12 }, (_, at) => blob(`${at}`, 5 * MIB));
    const source = server(blobs, 1);
    const reader = new ReadAhead(source, blobs);
    await sleep(50);
    for (const each of blobs.slice(0, 2)) for await (const _ of reader.read(each)) await sleep(10);
    expect(source.opened).toEqual(blobs.slice(0, 5));
    reader.closeAll();
  });

  test('the first larger one is opened at once, and buffers 4 MiB; the next one when 8 MiB are missing', async () => {
    const blobs = [blob('first', 40 * MIB), blob('second', 40 * MIB), blob('third', 40 * MIB)];
    const source = server(blobs);
    const reader = new ReadAhead(source, blobs);
    await sleep(5);
    expect(source.opened).toEqual(blobs.slice(0, 1));
    expect(source.sent.get(source.opened[0]!)).toBeLessThan(5 * MIB);
    const reading = reader.read(blobs[0]!);
    let length = 0;
    while (length < 27 * MIB) length += (await reading.next()).value?.length ?? 0;
    await sleep(5);
    expect(source.opened).toHaveLength(1);
    while (length < 34 * MIB) length += (await reading.next()).value?.length ?? 0;
    await sleep(5);
    expect(source.opened).toEqual(blobs.slice(0, 2));
    expect(source.sent.get(source.opened[1]!)).toBeLessThan(5 * MIB);
    reader.closeAll();
  });

  test('a larger one is opened before its turn where little is missing, and those behind it follow in order', async () => {
    const blobs = [blob('small', 1), blob('large', 8 * MIB + 1), blob('last', 1)];
    const source = server(blobs);
    const reader = new ReadAhead(source, blobs);
    await sleep(5);
    expect(source.opened).toEqual(blobs);
    const lengths = [];
    for (const one of blobs) lengths.push(await lengthOf(reader.read(one)));
    expect(lengths).toEqual([1, 8 * MIB + 1, 1]);
    expect(source.opened).toEqual(blobs);
  });

  test.each([
    ['no size', -1],
    ['a size of nothing', 0],
    ['a size that is too small', 10],
  ])('a hundred large ones with %s do not fill the memory, and take no place at the gate', async (_, size) => {
    const blobs = Array.from({ length: 100 }, (_, at) => blob(`${at}`, 9 * MIB, size));
    const source = server(blobs);
    const reader = new ReadAhead(source, blobs);
    await sleep(20);
    expect(source.open.size).toBe(0);
    expect([...source.sent.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(25 * MIB);
    expect(await lengthOf(reader.read(blobs[7]!))).toBe(9 * MIB);
    reader.closeAll();
  });

  test('a blob that is larger than announced is read to its end at its turn', async () => {
    const blobs = [blob('a', MIB), blob('b', 3 * MIB, MIB)];
    const source = server(blobs);
    const reader = new ReadAhead(source, blobs);
    await sleep(5);
    for (const one of blobs) expect(await lengthOf(reader.read(one))).toBe(one.length);
    expect(source.open.size).toBe(0);
  });
});

test('a skipped blob frees its room', async () => {
  const blobs = Array.from({ length: 8 }, (_, at) => blob(`${at}`, 8 * MIB));
  const source = server(blobs);
  const reader = new ReadAhead(source, blobs);
  await sleep(5);
  expect(source.opened).toHaveLength(2);
  reader.skip(blobs[0]!);
  await sleep(5);
  expect(source.opened).toHaveLength(3);
  reader.closeAll();
});

test('a blob that is not in the order is opened when it is read', async () => {
  const [one, other] = [blob('one', 10), blob('other', 20)];
  const reader = new ReadAhead(server([one, other]), [one]);
  expect(await lengthOf(reader.read(other))).toBe(20);
  expect(await lengthOf(reader.read(one))).toBe(10);
});

test('closeAll ends every download, the one that is being read too', async () => {
  const blobs = [blob('a', 20 * MIB), blob('b', MIB)];
  const source = server(blobs);
  const reader = new ReadAhead(source, [blobs[1]!, blobs[0]!]);
  const reading = reader.read(blobs[0]!);
  await reading.next();
  reader.closeAll();
  await sleep(5);
  expect(source.open.size).toBe(0);
});

test('a reader that leaves early ends its download', async () => {
  const one = blob('a', 20 * MIB);
  const source = server([one]);
  for await (const chunk of new ReadAhead(source, [one]).read(one)) if (chunk.length > 0) break;
  await sleep(5);
  expect(source.open.size).toBe(0);
});

test('a failure reaches the reader at the place where it happened, and nothing else', async () => {
  const [good, bad] = [blob('good', 10), blob('bad', 10)];
  const source = server([good, bad]);
  const failing = {
    async *blob(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
      yield* source.blob(descriptor);
      if (descriptor === bad) throw new Error('broken');
    },
  };
  const reader = new ReadAhead(failing, [bad, good]);
  await sleep(5);
  const received: number[] = [];
  await expect(async () => {
    for await (const chunk of reader.read(bad)) received.push(chunk.length);
  }).rejects.toThrow('broken');
  expect(received).toEqual([10]);
  expect(await lengthOf(reader.read(good))).toBe(10);
});

test('progress is the received bytes of all blobs, and their total', async () => {
  const blobs = [blob('a', MIB), blob('b', 100)];
  const seen: Progress[] = [];
  const reader = new ReadAhead(server(blobs), blobs, (progress) => seen.push(progress));
  for (const each of blobs) await lengthOf(reader.read(each));
  expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([MIB + 100]));
  expect(seen.map(({ received }) => received)).toEqual(seen.map(({ received }) => received).toSorted((a, b) => a - b));
  expect(seen.at(-1)?.received).toBe(MIB + 100);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ChunkQueue } from '../../../src/prefetch/download/chunk-queue.js';

async function* numbers(count: number, size: number, asked: number[] = []): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at += 1) {
    asked.push(at);
    yield new Uint8Array(size).fill(at);
  }
}

async function firstBytes(queue: AsyncIterable<Uint8Array>): Promise<(number | undefined)[]> {
  const all: (number | undefined)[] = [];
  for await (const chunk of queue) all.push(chunk[0]);
  return all;
}

test('chunks come in order, whether writer or reader is faster', async () => {
  expect(await firstBytes(new ChunkQueue(numbers(50, 1), 3))).toEqual([...Array(50).keys()]);
  const early = new ChunkQueue(numbers(3, 1), 100);
  await sleep(5);
  expect(await firstBytes(early)).toEqual([0, 1, 2]);
});

test('empty chunks are chunks', async () => {
  expect(await firstBytes(new ChunkQueue(numbers(3, 0), 1))).toEqual([undefined, undefined, undefined]);
});

test('the source is read ahead by the limit and a chunk, no further', async () => {
  const asked: number[] = [];
  const queue = new ChunkQueue(numbers(100, 10, asked), 25);
  await sleep(5);
  expect(asked).toEqual([0, 1, 2]);
  const reader = queue[Symbol.asyncIterator]();
  await reader.next();
  await sleep(5);
  expect(asked).toEqual([0, 1, 2, 3]);
  queue.close();
});

test('a failure is reported after the bytes that came before it', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* numbers(2, 1);
    throw new Error('broken');
  }
  const queue = new ChunkQueue(failing(), 100);
  await sleep(5);
  const seen: (number | undefined)[] = [];
  await expect(async () => {
    for await (const chunk of queue) seen.push(chunk[0]);
  }).rejects.toThrow('broken');
  expect(seen).toEqual([0, 1]);
});

test('a closed queue closes its source, and its reader ends', async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(10);
    } finally {
      ended = true;
    }
  }
  const queue = new ChunkQueue(endless(), 25);
  await sleep(5);
  queue.close();
  await sleep(5);
  expect(ended).toBe(true);
  expect(await firstBytes(queue)).toEqual([]);
});

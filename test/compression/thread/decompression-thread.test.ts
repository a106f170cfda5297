import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { LayerFormatError } from '../../../src/compression/decompress.js';
import {
  type DecompressionThread,
  openDecompressionThread,
} from '../../../src/compression/thread/decompression-thread.js';
import { decompressed, inPieces, layerLike } from '../../support/layer-bytes.js';

const LAYER = layerLike(1_500_000);

describe.each([2, 3])('a thread, with %d cores', (cores) => {
  const opened: DecompressionThread[] = [];
  const open = (): DecompressionThread => {
    const thread = openDecompressionThread(cores);
    if (!thread) throw new Error('too many threads');
    opened.push(thread);
    return thread;
  };
  afterEach(() => {
    for (const thread of opened.splice(0)) thread.close();
  });

  test('refuses with the same message as without a thread', async () => {
    for (const blob of [
      gzipSync(LAYER).subarray(0, 5000),
      Buffer.concat([gzipSync(LAYER), LAYER]),
      Buffer.from('BZh9'),
    ]) {
      const here: unknown = await decompressed(blob).catch((error: unknown) => error);
      const there: unknown = await whole(open(), blob).catch((error: unknown) => error);
      expect(there).toBeInstanceOf(LayerFormatError);
      expect(there).toMatchObject({
        message: (here as Error).message,
        compression: (here as LayerFormatError).compression,
      });
    }
  });

  test('gives its bytes at any pace', async () => {
    const blob = gzipSync(LAYER.subarray(0, 300_000));
    async function* slowly() {
      for await (const piece of inPieces(blob, 20_000)) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield piece;
      }
    }
    const pieces: Buffer[] = [];
    for await (const piece of open().unpack(slowly())) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).equals(LAYER.subarray(0, 300_000))).toBe(true);
  });

  test('that is closed cancels its blob and ends the wait of its reader', async () => {
    let isReleased = false;
    async function* endless() {
      try {
        for (;;) yield LAYER.subarray(0, 100_000);
      } finally {
        isReleased = true;
      }
    }
    const thread = open();
    const piece = thread.unpack(endless()).next();
    opened.pop();
    thread.close();
    await expect(piece).rejects.toThrow('the thread that decompresses has ended');
    expect(isReleased).toBe(true);
  });

  test('is refused when several run, until one is closed', () => {
    while (opened.length < 4) open();
    expect(openDecompressionThread(cores)).toBeUndefined();
    opened.pop()?.close();
    open();
  });
});

async function whole(thread: DecompressionThread, blob: Uint8Array): Promise<void> {
  for await (const _ of thread.unpack(inPieces(blob, 1000)));
}

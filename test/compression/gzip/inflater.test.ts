import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  CorruptLayerError,
  LayerFormatError,
  TruncatedLayerError,
} from '../../../src/compression/format/compression.js';
import { Inflater } from '../../../src/compression/gzip/inflater.js';
import { layerLike } from '../../support/layer-bytes.js';
import { createRandom, type Random } from '../../support/random.js';

/** Inflates the stream at the beginning of the bytes, given in steps; returns its content and how many bytes it took. */
function inflated(bytes: Uint8Array, step = 1 << 20): { content: Buffer; length: number } {
  const inflater = Inflater.acquire();
  const pieces: Buffer[] = [];
  try {
    inflater.begin();
    for (let at = 0; ; ) {
      const left = bytes.length - at;
      const { used, isEnd } = inflater.inflate(
        bytes.subarray(at, at + Math.max(Inflater.ENOUGH, Math.min(step, left))),
      );
      at += used;
      if (inflater.isFull || isEnd) pieces.push(Buffer.from(inflater.takeOutput()));
      if (isEnd) return { content: Buffer.concat(pieces), length: at };
    }
  } finally {
    inflater.release();
  }
}

/** What zlib makes of it: a content, or nothing where it refuses. */
function byZlib(bytes: Uint8Array): { content: Buffer; length: number } | undefined {
  try {
    const answer: unknown = inflateRawSync(bytes, { info: true });
    const { buffer, engine } = answer as { buffer: Buffer; engine: { bytesWritten: number } };
    return { content: buffer, length: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

function byUs(bytes: Uint8Array): { content: Buffer; length: number } | undefined {
  try {
    return inflated(bytes, 700);
  } catch (error) {
    if (error instanceof LayerFormatError) return undefined;
    throw error;
  }
}

const LAYER = layerLike(2_000_000);
const SETTINGS = {
  'level 1': { level: 1 },
  'level 6': { level: 6 },
  'level 9, large blocks': { level: 9, memLevel: 9 },
  'small blocks': { memLevel: 1 },
  'a small window': { windowBits: 9 },
  stored: { level: 0 },
  'the fixed code': { strategy: constants.Z_FIXED },
  'literals alone': { strategy: constants.Z_HUFFMAN_ONLY },
  'matches of distance one': { strategy: constants.Z_RLE },
};
const CONTENTS: Record<string, Buffer> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('a'),
  'a layer': LAYER,
  zeros: Buffer.alloc(3_000_000),
  'runs of every distance': Buffer.concat(
    Array.from({ length: 400 }, (_, distance) => Buffer.alloc(700, LAYER.subarray(distance, 2 * distance + 1))),
  ),
  noise: Buffer.from(createRandom(7).bytes(600_000)),
};

describe.each(Object.entries(SETTINGS))('%s', (_, settings) => {
  test.each(Object.entries(CONTENTS))('%s', (_, content) => {
    const stream = deflateRawSync(content, settings);
    for (const step of [512, 7001, 1 << 20]) {
      const { content: actual, length } = inflated(Buffer.concat([stream, Buffer.alloc(600, 0xff)]), step);
      expect(length).toBe(stream.length);
      expect(Buffer.compare(actual, content)).toBe(0);
    }
  });
});

test('a stream that is cut anywhere is refused as too short', () => {
  for (const settings of Object.values(SETTINGS)) {
    const stream = deflateRawSync(LAYER.subarray(0, 3000), settings);
    for (let length = 0; length < stream.length; length += 1) {
      expect(() => inflated(stream.subarray(0, length))).toThrow(TruncatedLayerError);
    }
  }
});

test('a stream refers to nothing before its beginning', () => {
  const inflater = Inflater.acquire();
  inflater.begin();
  inflater.inflate(deflateRawSync('something that stands in the window'));
  inflater.begin();
  const dictionary = Buffer.from('something that stands');
  expect(() => inflater.inflate(deflateRawSync('something that stands', { dictionary }))).toThrow(CorruptLayerError);
});

test('this is also true when its output was read in between', () => {
  const [before, own] = [layerLike(20_000, 5), Buffer.from(createRandom(6).bytes(10_000))];
  const inflater = Inflater.acquire();
  inflater.begin();
  inflater.inflate(deflateRawSync(before, { level: 0 }).subarray(0, 20_000));
  const stream = deflateRawSync(Buffer.concat([own, before.subarray(0, 5000)]), { dictionary: before });
  inflater.begin();
  const { used } = inflater.inflate(stream.subarray(0, 8000));
  inflater.takeOutput();
  expect(() => inflater.inflate(stream.subarray(used))).toThrow('a distance reaches back too far');
});

const STREAMS = process.env['LONG_TESTS'] ? 100_000 : 6000;

test('damaged streams are accepted or refused as by zlib', { timeout: 900_000 }, () => {
  const random = createRandom(11);
  let refused = 0;
  for (let index = 0; index < STREAMS; index += 1) {
    const bytes = damaged(random);
    const [ours, theirs] = [byUs(bytes), byZlib(bytes)];
    if (!theirs) refused += 1;
    expect(ours?.content.toString('latin1'), `stream ${index}`).toBe(theirs?.content.toString('latin1'));
    expect(ours?.length, `stream ${index}`).toBe(theirs?.length);
  }
  // Both verdicts are tried.
  expect(refused).toBeGreaterThan(STREAMS / 10);
  expect(refused).toBeLessThan((STREAMS * 9) / 10);
});

/** A stream of which some bits are turned, mostly near its beginning, where the codes are described. */
function damaged(random: Random): Buffer {
  const content = layerLike(random.integer(1, 4000), random.integer(1, 1000));
  const settings = random.pick(Object.values(SETTINGS));
  const stream = deflateRawSync(content, settings);
  for (let turns = random.integer(0, 2); turns > 0; turns -= 1) {
    const at = random.integer(0, Math.min(stream.length, random.pick([4, 100, stream.length])) - 1);
    stream[at] = (stream[at] ?? 0) ^ (1 << random.integer(0, 7));
  }
  return stream;
}

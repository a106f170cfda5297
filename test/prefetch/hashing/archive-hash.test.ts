import { expect, test } from 'vitest';
import type { BlobDigest } from '../../../src/oci/digest.js';
import { digestOf } from '../../../src/oci/verified.js';
import { ArchiveHash, type Content, type Frame, type MemberData } from '../../../src/prefetch/hashing/archive-hash.js';

const FRAME: Frame = {
  header: ({ digest, size }) => Buffer.from(`<${digest.slice(7, 11)} ${size}>`),
  footer: ({ size }) => Buffer.from(`</${size}>`),
};

/** Data with an expectation, which counts how often it is read. */
function member(text: string, expected?: Content): MemberData & { readonly readings: () => number } {
  let count = 0;
  async function* read(): AsyncGenerator<Uint8Array, Content> {
    count += 1;
    for (const letter of text) yield Buffer.from(letter);
    return contentOf(text);
  }
  return { expected, read, readAgain: read, readings: () => count };
}

function contentOf(text: string): Content {
  return { digest: digestOf(text), size: text.length };
}

function framed(text: string): string {
  return `${FRAME.header(contentOf(text))}${text}${FRAME.footer(contentOf(text))}`;
}

test.each<[string, Content | undefined, number]>([
  ['right', contentOf('data'), 1],
  ['missing', undefined, 2],
  ['of another size', { ...contentOf('data'), size: 5 }, 2],
  ['of another digest', { ...contentOf('data'), digest: digestOf('other') }, 2],
])('an expectation that is %s costs more readings, but the hash is right', async (_, expected, readings) => {
  const archive = new ArchiveHash();
  archive.update(Buffer.from('before'));
  const data = member('data', expected);
  expect(await archive.append(data, FRAME)).toEqual(contentOf('data'));
  archive.update(Buffer.from('after'));
  const text = `before${framed('data')}after`;
  expect({ size: archive.size, digest: archive.endWith(Buffer.alloc(0)).sha256 }).toEqual({
    size: text.length,
    digest: digestOf(text),
  });
  expect(data.readings()).toBe(readings);
});

test.each<[string, Content | undefined]>([
  ['expected to be known', contentOf('data')],
  ['not expected at all', undefined],
  ['expected to be something else', contentOf('other')],
])('data that the archive has already is left out when it was %s', async (_, expected) => {
  const archive = new ArchiveHash();
  const known = new Set<BlobDigest>([digestOf('data')]);
  archive.update(Buffer.from('before'));
  const data = member('data', expected);
  expect(await archive.append(data, FRAME, ({ digest }) => known.has(digest))).toEqual(contentOf('data'));
  expect({ size: archive.size, digest: archive.endWith(Buffer.alloc(0)).sha256 }).toEqual({
    size: 6,
    digest: digestOf('before'),
  });
});

test('data that was wrongly expected to be in the archive is still written', async () => {
  const archive = new ArchiveHash();
  const data = member('data', contentOf('known'));
  await archive.append(data, FRAME, ({ digest }) => digest === digestOf('known'));
  expect(archive.endWith(Buffer.alloc(0)).sha256).toBe(digestOf(framed('data')));
});

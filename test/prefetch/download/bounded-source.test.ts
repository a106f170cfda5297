import { expect, test } from 'vitest';
import { boundedSource, EndlessBlobError } from '../../../src/prefetch/download/bounded-source.js';

const MIB = 1024 * 1024;
const DESCRIPTOR = { mediaType: 'layer', digest: `sha256:${'0'.repeat(64)}` } as const;

/** Counts what it sends, and never ends. */
function endless() {
  const source = {
    sent: 0,
    async *blob() {
      for (;;) {
        source.sent += MIB;
        yield Buffer.alloc(MIB);
      }
    },
    blobEnd: async () => undefined,
  };
  return source;
}

test.each([
  [1, 66 * MIB, /does not end: more than 64 MiB came beyond the 1 bytes that the manifest gives/],
  [100 * MIB, 165 * MIB, /does not end/],
  [0, 6 * MIB, /has more than 5242880 bytes, and the manifest does not give its size: .*--max-spool/],
  [-1, 6 * MIB, /--max-spool/],
])('an endless blob with a size of %i bytes in its manifest is read up to a limit', async (size, most, message) => {
  const source = endless();
  const read = async () => {
    for await (const _ of boundedSource(source, 5 * MIB).blob({ ...DESCRIPTOR, size }));
  };
  const failure = await read().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EndlessBlobError);
  expect(String(failure)).toMatch(message);
  expect(source.sent).toBeLessThanOrEqual(most);
});

test('a blob that is larger than its manifest says is read to its end', async () => {
  let read = 0;
  async function* blob() {
    for (let at = 0; at < 60; at += 1) yield Buffer.alloc(MIB);
  }
  const source = boundedSource({ blob, blobEnd: async () => undefined }, MIB);
  for await (const chunk of source.blob({ ...DESCRIPTOR, size: 5 })) read += chunk.length;
  expect(read).toBe(60 * MIB);
});

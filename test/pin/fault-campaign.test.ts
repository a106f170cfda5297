import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PullpinError } from '../../src/errors.js';
import { pinImage } from '../../src/pin/pin.js';
import { type FaultyRegistry, part, type RegistryOptions, startRegistry } from '../support/faulty-registry.js';
import { type Fault, startServer } from '../support/faulty-server.js';
import { type ImageContent, image, index } from '../support/images.js';
import { createRandom } from '../support/random.js';
import { randomFault } from '../support/random-fault.js';
import { openClient } from '../support/reading.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startTokenServer } from '../support/token-server.js';

/** `PULLPIN_COUNT` and `PULLPIN_SEED` choose other pins and faults. */
const PINS = Number(process.env['PULLPIN_COUNT'] ?? (process.env['LONG_TESTS'] ? 5000 : 500));
const random = createRandom(Number(process.env['PULLPIN_SEED'] ?? 11));
const CONFIG = '{"architecture":"amd64","os":"linux"}';

/** A small image of a few layers, compressed in all ways that need no other program; every third one behind an index. */
function smallImage(_: unknown, at: number): ImageContent {
  const layers = Array.from({ length: random.integer(0, 5) }, () => ({
    bytes: random.bytes(random.integer(0, 60_000)),
    compression: random.pick(['none', 'gzip', 'gzip members'] as const),
  }));
  const content = image({ config: CONFIG, layers });
  return at % 3 === 0 ? index([{ image: content, platform: { os: 'linux', architecture: 'amd64' } }]) : content;
}

const contents = Array.from({ length: 12 }, smallImage);
const names = Array.from({ length: PINS }, (_, at) => `image-${at}`);

function start(options: RegistryOptions = {}): Promise<FaultyRegistry> {
  const images = Object.fromEntries(names.map((name, at) => [`${name}:1`, contents[at % contents.length]!]));
  return startRegistry({ ...options, images });
}

/**
 * Pins all images of a registry while faults strike, and fails where a hash is wrong, an error is no clear line, or something is left behind.
 * @param before is called in front of each pin, once the right hashes are known
 */
async function campaign(registry: FaultyRegistry, before: () => void, strike: () => void): Promise<void> {
  const folder = temporaryFolder();
  const client = openClient({
    retry: { retries: 3, pause: 1, longestWait: 10 },
    timeLimits: { connect: 1000, headers: 300, idle: 300, small: 2000 },
    concurrency: 24,
  });
  const pin = async (name: string) => {
    const settings = { registries: client, finalName: 'same', temporaryFolder: folder };
    return (await pinImage(`${registry.host}/${name}:1`, settings)).hash;
  };
  const right = await Promise.all(contents.map((_, at) => pin(`image-${at}`)));
  strike();

  const outcomes = { right: 0, failed: 0 };
  const waiting = names.entries();
  const work = async (): Promise<void> => {
    for (const [at, name] of waiting) {
      before();
      try {
        expect(await pin(name)).toBe(right[at % contents.length]);
        outcomes.right += 1;
      } catch (error) {
        if (!(error instanceof PullpinError)) throw error;
        expect(error.message).not.toMatch(/\p{C}/u);
        outcomes.failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  expect(outcomes.right + outcomes.failed).toBe(PINS);
  console.info(`${PINS} pins: ${outcomes.right} right, ${outcomes.failed} failed with a clear error, 0 wrong`);
  // Many pins get through, on a busy machine too; enough do not, or the campaign would show nothing.
  expect(outcomes.right).toBeGreaterThan(PINS / 3);
  expect(outcomes.failed).toBeGreaterThan(PINS / 50);
  expect(readdirSync(folder)).toEqual([]);
  await expect.poll(() => registry.underWay).toBe(0);
}

const nothing = (): void => {};

test(`${PINS} pins through random faults have the right hash or end with a clear error, and leave nothing behind`, async () => {
  const registry = await start();
  await campaign(registry, nothing, () =>
    registry.fail(...Array.from({ length: PINS * 6 }, () => randomFault(random))),
  );
}, 900_000);

/** What a registry may say in place of the redirect to its storage. */
function wrongRedirect(host: string): Fault {
  const location = random.pick([
    ...[
      '',
      '/',
      '//',
      'http://',
      'ftp://127.0.0.1/blob',
      'http://127.0.0.1:1/blob',
      'http://user:secret@127.0.0.1:1/blob',
    ],
    ...[`http://${host}/v2/`, `http://${host}/nowhere`, 'http://[::1', 'data:,blob', 'file:///etc/passwd'],
    undefined,
  ]);
  const status = random.pick([301, 302, 303, 307, 308, 304, 300]);
  return { on: 'blobs', times: 1, after: random.integer(0, 6), status, headers: { location } };
}

test(`the same for ${PINS} pins whose tokens end at any moment, and whose blobs are behind redirects that fail`, async () => {
  const blobs = new Map(contents.flatMap(({ blobs }) => [...blobs]));
  const storage = await startServer((request) => {
    const bytes = [...blobs].find(([digest]) => request.path.endsWith(digest))?.[1];
    return bytes ? part(request, bytes) : { status: 404 };
  });
  const tokens = await startTokenServer();
  const registry = await start({ guard: tokens.guard, blobsAt: `${storage.origin}/storage/` });
  const endTokens = (): void => {
    if (random.chance(0.3)) tokens.revoke();
  };
  const faults = (count: number, fault: () => Fault): Fault[] => Array.from({ length: Math.ceil(count) }, fault);
  await campaign(registry, endTokens, () => {
    registry.fail(...faults(PINS, () => randomFault(random)), ...faults(PINS / 2, () => wrongRedirect(registry.host)));
    storage.fail(...faults(PINS, () => ({ ...randomFault(random), on: '' })));
    tokens.fail(...faults(PINS / 2, () => ({ ...randomFault(random), on: 'token' })));
  });
  await expect.poll(() => storage.underWay + tokens.underWay).toBe(0);
}, 900_000);

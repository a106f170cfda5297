/**
 * How fast layers are decompressed, alone and beside the three SHA-256 passes that a pin needs.
 *
 *     npx tsx bench/decompress.ts [FILE…]      gzip, zstd or plain files; without any: a file made from the program node itself
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import { execaSync } from 'execa';
import { importSource } from './support/source.js';

const { decompress } = await importSource<typeof import('../src/compression/decompress.js')>(
  'src/compression/decompress.ts',
);

const ROUNDS = 5;
const NETWORK_PIECE = 64 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'pullpin-bench-'));
try {
  const files = process.argv.slice(2);
  for (const file of files.length > 0 ? files : ownFiles()) await measure(file);
} finally {
  rmSync(folder, { recursive: true });
}

function ownFiles(): string[] {
  const content = readFileSync(process.execPath);
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const parts = Array.from({ length: 5000 }, (_, index) => content.subarray(index * 8192, (index + 1) * 8192));
  const plain = file('plain', content);
  const zstd = join(folder, 'zstd -3');
  execaSync('zstd', ['-q', '-3', plain, '-o', zstd]);
  return [plain, file('gzip -6', gzipSync(content)), file('gzip, 5000 members', members(parts)), zstd];
}

function members(parts: Uint8Array[]): Buffer {
  return Buffer.concat(parts.map((part) => gzipSync(part)));
}

async function measure(file: string): Promise<void> {
  const rates = { alone: await best(file, 0), hashing: await best(file, 2) };
  const limit = (await isGzip(file)) ? `${await nativeRate(file)}` : '-';
  const columns = [
    basename(file).padEnd(24),
    `alone ${rates.alone}`,
    `hashing ${rates.hashing}`,
    `createGunzip ${limit}`,
  ];
  console.log(`${columns.join('  ')}  MB/s; ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB resident at most`);
}

async function best(file: string, passes: number): Promise<number> {
  let rate = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const length = await run(file, passes);
    rate = Math.max(rate, length / 1000 / (performance.now() - start));
  }
  return Math.round(rate);
}

async function run(file: string, passes: number): Promise<number> {
  const compressed = passes > 0 ? createHash('sha256') : undefined;
  const hashes = Array.from({ length: passes }, () => createHash('sha256'));
  async function* blob(): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(file, { highWaterMark: NETWORK_PIECE })) {
      compressed?.update(piece);
      yield piece;
    }
  }
  let length = 0;
  for await (const piece of decompress(blob())) {
    for (const hash of hashes) hash.update(piece);
    length += piece.length;
  }
  return length;
}

async function isGzip(file: string): Promise<boolean> {
  for await (const piece of createReadStream(file, { end: 1 })) return piece[0] === 0x1f && piece[1] === 0x8b;
  return false;
}

/** The same with Node's own stream. */
async function nativeRate(file: string): Promise<number> {
  const start = performance.now();
  let length = 0;
  await pipeline(createReadStream(file, { highWaterMark: NETWORK_PIECE }), createGunzip(), async (pieces) => {
    for await (const piece of pieces) length += piece.length;
  });
  return Math.round(length / 1000 / (performance.now() - start));
}

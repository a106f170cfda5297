import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NAR_BEGIN, NAR_END, narFileFooter, narFileHeader } from '../../src/archive/nar.js';
import { digestOf } from '../../src/oci/verified.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('a folder of files of every length hashes as nix-hash does', () => {
  const folder = join(temporaryFolder(), 'folder');
  mkdirSync(folder);
  const files = Array.from(
    { length: 20 },
    (_, length) => [`f${String(length).padStart(length + 2, '0')}`, Buffer.alloc(length, 'x')] as const,
  );
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  const entries = files
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, bytes]) => [narFileHeader(name, bytes.length), bytes, narFileFooter(bytes.length)]);
  const nar = Buffer.concat([NAR_BEGIN, ...entries, NAR_END]);
  expect(digestOf(nar)).toBe(`sha256:${execFileSync('nix-hash', ['--type', 'sha256', folder]).toString().trim()}`);
});

test('sizes beyond 4 GiB are written in full', () => {
  const header = Buffer.from(narFileHeader('f', 2 ** 40 + 1));
  expect(header.subarray(-8).readBigUInt64LE()).toBe(2n ** 40n + 1n);
  expect(Buffer.from(narFileFooter(2 ** 40 + 1)).subarray(0, 8)).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]));
});

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

// Vitest loads this module once per test file, so each file has a root of its own.
let root: string | undefined;
let count = 0;

/** A new, empty folder that is gone when the test file has ended. */
export function temporaryFolder(): string {
  root ??= mkdtempSync(join(tmpdir(), 'pullpin-test-'));
  const folder = join(root, String(count++));
  mkdirSync(folder);
  return folder;
}

function remove(): void {
  if (root !== undefined) rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  root = undefined;
}

// A campaign leaves thousands of files, and the disk may be busy.
afterAll(remove, 600_000);
process.once('exit', remove);

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** What the zstd program makes of a file, whose size it knows and writes into the frame. */
export function zstdSync(content: Uint8Array, ...options: string[]): Buffer {
  const file = join(temporaryFolder(), 'content');
  writeFileSync(file, content);
  return execFileSync('zstd', ['-q', '-c', ...options, file], { maxBuffer: 2 ** 30 });
}

/** What the zstd program makes of a stream, whose size it does not know in advance. */
export function zstdStreamSync(content: Uint8Array, ...options: string[]): Buffer {
  return execFileSync('zstd', ['-q', '-c', ...options], { input: content, maxBuffer: 2 ** 30 });
}

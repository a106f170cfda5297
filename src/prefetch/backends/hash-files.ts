import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NAR_BEGIN, NAR_END, narFileFooter, narFileHeader } from '../../archive/nar.js';
import type { Digest } from '../../oci/digest.js';

/** `size` is in bytes of what was hashed. */
export interface FileHash {
  readonly sha256: Digest;
  readonly size: number;
}

/** The hash of a file. */
export async function hashFile(path: string): Promise<FileHash> {
  const hash = new CountingHash();
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest();
}

/** The hash of the NAR of a folder that has nothing but regular files. */
export async function hashFolder(path: string): Promise<FileHash> {
  const hash = new CountingHash();
  hash.update(NAR_BEGIN);
  for (const name of (await readdir(path)).sort()) {
    const { size } = await stat(join(path, name));
    hash.update(narFileHeader(name, size));
    for await (const piece of createReadStream(join(path, name))) hash.update(piece);
    hash.update(narFileFooter(size));
  }
  hash.update(NAR_END);
  return hash.digest();
}

class CountingHash {
  private readonly hash = createHash('sha256');
  private size = 0;

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
    this.size += bytes.length;
  }

  digest(): FileHash {
    return { sha256: `sha256:${this.hash.digest('hex')}`, size: this.size };
  }
}

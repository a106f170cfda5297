import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A regular file of this machine; `size` is in bytes. */
export interface MachineFile {
  readonly path: string;
  readonly size: number;
}

/** Folders with many files on every Linux machine: programs, libraries and documentation. The second one is used when the first has too few. */
const ROOTS = ['/usr', '/opt'];
/** Larger files are rare in images and would make a layer of one kind of content. */
const MAX_SIZE = 32 * 1024 * 1024;

/** The files that images are made of, in an order that depends on their paths alone and mixes all kinds. */
export function machineFiles(): MachineFile[] {
  return ROOTS.flatMap((root) => mixed(filesUnder(root)));
}

function mixed(files: readonly MachineFile[]): MachineFile[] {
  return files
    .map((file) => ({ file, key: createHash('sha1').update(file.path).digest('hex') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ file }) => file);
}

function filesUnder(folder: string): MachineFile[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    if (!entry.isFile()) return [];
    const { size } = lstatSync(path);
    return size > 0 && size <= MAX_SIZE ? [{ path, size }] : [];
  });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A file that may not be read, or no longer exists, is left out.
    return [];
  }
}

/** Takes files until they have `bytes` bytes together, and sorts them by path as an image has them. Throws when there are not enough. */
export function takeFiles(files: Iterator<MachineFile>, bytes: number): MachineFile[] {
  const chosen: MachineFile[] = [];
  for (let size = 0; size < bytes; ) {
    const next = files.next();
    if (next.done) throw new Error(`${ROOTS.join(' and ')} hold too few files to make a layer of ${bytes} bytes`);
    if (size + next.value.size > bytes + MAX_SLACK) continue;
    chosen.push(next.value);
    size += next.value.size;
  }
  return chosen.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** How many bytes a layer may be larger than asked for. */
const MAX_SLACK = 64 * 1024;

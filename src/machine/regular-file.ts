import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { PullpinError } from '../errors.js';

/** The bytes of a regular file, and what the system says about it. */
export interface RegularFile {
  readonly bytes: Buffer;
  readonly stats: Stats;
}

export interface ReadOptions {
  /** The largest file that is read, in bytes. */
  readonly limit: number;
  /** Whether a path that is a symbolic link is refused; it is followed when omitted. */
  readonly refuseLink?: boolean;
}

/** Why a file that exists is not read: it is a folder, a pipe or a device, or it is too large. The message has no path: the caller names the file. */
export class UnfitFileError extends PullpinError {
  constructor(
    readonly reason: 'not-a-file' | 'too-large',
    limit: number,
  ) {
    super(reason === 'not-a-file' ? 'is not a regular file' : `is larger than ${sizeText(limit)}`);
  }
}

/** Settings, certificates, templates: no such file is larger than this, in bytes. */
export const SETTINGS_LIMIT = 16 * 1024 * 1024;

/**
 * Reads a regular file that has at most `limit` bytes. Every file of the user is read here, because a path may name anything: a pipe that
 * gives nothing, a device that has no end, a file that grows while it is read. Throws an UnfitFileError, or the system's error (with
 * `refuseLink`, ELOOP for a link).
 */
export async function readRegularFile(path: string, options: ReadOptions): Promise<RegularFile> {
  const file = await open(path, flagsOf(options));
  try {
    const stats = await file.stat();
    let [buffer, length] = [bufferFor(stats, options), 0];
    for (let read = 1; read > 0; length += read) {
      buffer = withRoom(buffer, length, options);
      read = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
    }
    return { bytes: buffer.subarray(0, length), stats };
  } finally {
    await file.close();
  }
}

/** The same without waiting: for an evaluation that comes to an import, or a file that is about to be replaced. */
export function readRegularFileSync(path: string, options: ReadOptions): RegularFile {
  const file = openSync(path, flagsOf(options));
  try {
    const stats = fstatSync(file);
    let [buffer, length] = [bufferFor(stats, options), 0];
    for (let read = 1; read > 0; length += read) {
      buffer = withRoom(buffer, length, options);
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    return { bytes: buffer.subarray(0, length), stats };
  } finally {
    closeSync(file);
  }
}

/** No configuration that people write by hand is larger than this, in bytes. */
export const CONFIGURATION_LIMIT = 1024 * 1024;

/** The text of a file of the user's settings; links are followed. Throws what `readRegularFile` throws. */
export async function readTextFile(path: string, limit: number = SETTINGS_LIMIT): Promise<string> {
  return (await readRegularFile(path, { limit })).bytes.toString('utf8');
}

/** Without O_NONBLOCK, opening a pipe would wait for its other end. */
function flagsOf({ refuseLink = false }: ReadOptions): number {
  return constants.O_RDONLY | constants.O_NONBLOCK | (refuseLink ? constants.O_NOFOLLOW : 0);
}

/** A buffer with one byte more than the file is said to have, so that one read finds its end. Throws an UnfitFileError. */
function bufferFor(stats: Stats, { limit }: ReadOptions): Buffer {
  if (!stats.isFile()) throw new UnfitFileError('not-a-file', limit);
  if (stats.size > limit) throw new UnfitFileError('too-large', limit);
  return Buffer.allocUnsafe(stats.size + 1);
}

/** The same bytes in a buffer that is not full: a file may be larger than the system says, as those of /proc are. */
function withRoom(buffer: Buffer, length: number, { limit }: ReadOptions): Buffer {
  if (length > limit) throw new UnfitFileError('too-large', limit);
  if (length < buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.min(Math.max(2 * length, SMALLEST), limit + 1));
  buffer.copy(larger, 0, 0, length);
  return larger;
}

const SMALLEST = 4096;

function sizeText(bytes: number): string {
  const mebibytes = bytes / (1024 * 1024);
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${bytes} bytes`;
}

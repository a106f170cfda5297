import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { PullpinError, printable } from '../../errors.js';
import { writeReason } from '../../machine/file-errors.js';
import { NativeHash, type RunningHash } from './running-hash.js';

/** An archive cannot be written: there is no room, or no permission. `place` is what the user knows: a file, or the folder for temporary files. */
export class ArchiveFileError extends PullpinError {
  constructor(
    readonly place: string,
    cause: unknown,
  ) {
    super(`${printable(place)}: the archive cannot be written: ${writeReason(cause)}`, { cause });
  }
}

/** A new file that gets the bytes of an archive while they are hashed. To be closed. Each method throws an ArchiveFileError. */
export class ArchiveFile {
  private length = 0;
  private readonly file: number;

  /** @param path where nothing is yet; @param place what errors name */
  constructor(
    readonly path: string,
    private readonly place: string,
  ) {
    this.file = this.trying(() => openSync(path, 'wx'));
  }

  append(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; ) {
      const [from, place] = [written, this.length];
      const count = this.trying(() => writeSync(this.file, bytes, from, bytes.length - from, place));
      written += count;
      this.length += count;
    }
  }

  /** Takes away what stands behind the first bytes. @param length how many bytes stay */
  cutTo(length: number): void {
    if (length === this.length) return;
    this.trying(() => ftruncateSync(this.file, length));
    this.length = length;
  }

  /** How many bytes the file has. */
  get size(): number {
    return this.length;
  }

  close(): void {
    closeSync(this.file);
  }

  private trying<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (cause) {
      throw new ArchiveFileError(this.place, cause);
    }
  }
}

/** A hash whose bytes also go into a file. The file always has the bytes that the hash has seen. */
export class WrittenHash implements RunningHash {
  private readonly hash = new NativeHash();

  constructor(private readonly file: ArchiveFile) {
    file.cutTo(0);
  }

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
    this.file.append(bytes);
  }

  checkpoint(): () => void {
    const goBack = this.hash.checkpoint();
    const { size } = this.file;
    return () => {
      goBack();
      this.file.cutTo(size);
    };
  }

  digest(): string {
    return this.hash.digest();
  }

  save(): undefined {
    return undefined;
  }
}

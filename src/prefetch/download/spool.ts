import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PullpinError } from '../../errors.js';
import { isSystemError } from '../../machine/file-errors.js';

/** A layer that has to be read twice cannot be kept: there is no room for it, or no permission. */
export class SpoolError extends PullpinError {
  constructor(
    readonly folder: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`a layer that has to be read twice cannot be kept in ${folder}: ${problem}`, options);
  }
}

/** The largest layer that is kept, in bytes, unless the user says otherwise. */
export const DEFAULT_MAX_SPOOL = 8 * 1024 * 1024 * 1024;

/** Bytes kept in memory before a file is made, unless its maker says otherwise. */
const IN_MEMORY = 32 * 1024 * 1024;
const PIECE = 1024 * 1024;

/**
 * Keeps a blob for a second reading: in memory while it is small, beyond that in a file without a name, which does not remain after a crash.
 * Throws a SpoolError when that cannot be written.
 */
export class Spool {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  private file: FileHandle | undefined;
  private isClosed = false;

  /**
   * @param folder where the file is made, if one is needed
   * @param limit the most that is kept, in bytes
   * @param inMemory how many of them in memory
   */
  constructor(
    private readonly folder: string,
    private readonly limit: number = DEFAULT_MAX_SPOOL,
    private readonly inMemory: number = IN_MEMORY,
  ) {}

  /** Passes the blob through and keeps a copy. */
  async *keep(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of blob) {
      if (this.isClosed) return;
      this.size += chunk.length;
      if (this.size > this.limit)
        throw new SpoolError(this.folder, `it has more than ${this.limit} bytes; allow more with --max-spool`);
      if (this.size <= this.inMemory) this.chunks.push(chunk);
      else await this.write(chunk);
      yield chunk;
    }
  }

  /** What was kept. */
  async *replay(): AsyncGenerator<Uint8Array> {
    yield* this.chunks;
    if (!this.file) return;
    for (let position = 0; ; ) {
      const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Drops everything; a blob that is still being kept ends with its next piece. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.chunks.length = 0;
    await this.file?.close();
    this.file = undefined;
  }

  private async write(chunk: Uint8Array): Promise<void> {
    try {
      this.file ??= await openNameless(this.folder);
      if (this.isClosed) return await this.close();
      for (let written = 0; written < chunk.length; ) {
        written += (await this.file.write(chunk, written)).bytesWritten;
      }
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const problem =
        isSystemError(cause) && cause.code === 'ENOENT'
          ? 'it does not exist; let TMPDIR name a folder'
          : `${reason}; let TMPDIR name a folder with more room`;
      throw new SpoolError(this.folder, problem, { cause });
    }
  }
}

/** A file without a name: only its handle refers to it. */
async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `pullpin-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

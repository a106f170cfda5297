import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFileSync } from '../machine/regular-file.js';
import { prepareFolder } from './cache-folder.js';
import { type CacheKind, entryFileName, isEntryName, temporaryName } from './entry-name.js';
import type { SharedAnswers } from './shared-answers.js';

/** The largest entry, in bytes: a manifest of 4 MiB, its key and its checksum. */
const MAX_ENTRY = 5 * 1024 * 1024;
/** Bounds of the folder; the oldest entries are removed first. */
const MAX_ENTRIES = 20_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** After this many writes, the cache checks its bounds. */
const PRUNE_EVERY = 64;

/** The owner of a cache, and what it keeps. */
export interface CacheOptions {
  /** The number of the user who must own the folder; undefined where users have no numbers. */
  readonly uid?: number | undefined;
  /** Whether the states of hashes are kept even where that slows a fast download down. */
  readonly keepsAllStates?: boolean | undefined;
  /** Called at most once, when the folder cannot be used; the cache is then empty and keeps nothing. */
  readonly onUnusable?: ((reason: string) => void) | undefined;
  /** @internal What other machines found out, asked for what this one does not know. It is no part of the library. */
  readonly shared?: SharedAnswers | undefined;
}

/**
 * What earlier runs found out: a small file for each entry, in a folder of the user's own. An entry has its key and a checksum, so a
 * damaged entry counts as missing. No entry is ever necessary: when one cannot be read or written, the run continues without it. Several
 * processes may use one cache: an entry appears whole or not at all.
 */
export class Cache {
  /** Whether the states of hashes are kept even where that slows a fast download down. */
  readonly keepsAllStates: boolean;
  /** @internal What other machines found out. */
  readonly shared: SharedAnswers | undefined;
  private isUsable: boolean | undefined;
  private writes = 0;

  /** @param folder made when it is first needed, for its owner only; it is not used when it belongs to another user or others may write to it */
  constructor(
    readonly folder: string,
    private readonly options: CacheOptions = {},
  ) {
    this.keepsAllStates = options.keepsAllStates ?? false;
    this.shared = options.shared;
  }

  /** What was kept under a key; undefined for nothing, and for an entry that is damaged. */
  get(kind: CacheKind, key: string): Uint8Array | undefined {
    if (!this.usable()) return undefined;
    const path = this.path(kind, key);
    // Most of what is asked for is not there, and an exception costs more than the question.
    if (!existsSync(path)) return undefined;
    try {
      return decode(readRegularFileSync(path, { limit: MAX_ENTRY, refuseLink: true }).bytes, kind, key);
    } catch {
      return undefined;
    }
  }

  /** The fields of an entry that is a JSON object; undefined for an entry of any other content. */
  getFields(kind: CacheKind, key: string): Readonly<Record<string, unknown>> | undefined {
    const entry = this.get(kind, key);
    return entry && fieldsOf(entry);
  }

  /** Keeps a value, in place of an earlier one. A disk that is full or not writable is not a failure: then nothing is kept. */
  set(kind: CacheKind, key: string, value: Uint8Array | string): void {
    if (!this.usable()) return;
    const path = this.path(kind, key);
    const temporary = join(this.folder, temporaryName());
    try {
      writeFileSync(temporary, encode(kind, key, Buffer.from(value)), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, path);
    } catch {
      rmSync(temporary, { force: true });
    }
    this.writes += 1;
    if (this.writes % PRUNE_EVERY === 1) this.prune();
  }

  /** What registries asked for in earlier runs, by their hosts: a new process then need not be refused first. Holds no secrets. */
  readonly challenges = {
    /** What was kept for a host, or undefined. */
    get: (host: string): string | undefined => {
      const entry = this.get('challenge', host);
      return entry && Buffer.from(entry).toString('utf8');
    },
    /** Keeps a text for a host; an empty one forgets what was kept. */
    set: (host: string, challenge: string): void => this.set('challenge', host, challenge),
  };

  /** How many entries there are, and their size in bytes. Makes no folder. */
  usage(): { readonly entries: number; readonly bytes: number } {
    const files = this.files();
    return { entries: files.length, bytes: sizeOf(files) };
  }

  /** Removes all entries. Throws what the file system throws. */
  clear(): void {
    for (const name of this.entries()) rmSync(join(this.folder, name), WHATEVER_IT_IS);
  }

  private path(kind: CacheKind, key: string): string {
    return join(this.folder, entryFileName(kind, key));
  }

  private usable(): boolean {
    if (this.isUsable !== undefined) return this.isUsable;
    const reason = prepareFolder(this.folder, this.options.uid);
    this.isUsable = reason === undefined;
    if (reason !== undefined) this.options.onUnusable?.(reason);
    return this.isUsable;
  }

  private entries(): string[] {
    try {
      return readdirSync(this.folder).filter(isEntryName);
    } catch {
      return [];
    }
  }

  private files(): StoredEntry[] {
    return this.entries().flatMap((name) => {
      const path = join(this.folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat ? [{ path, size: stat.size, age: stat.mtimeMs }] : [];
    });
  }

  private prune(): void {
    const files = this.files();
    let [count, bytes] = [files.length, sizeOf(files)];
    for (const { path, size } of files.sort((a, b) => a.age - b.age)) {
      if (count <= MAX_ENTRIES && bytes <= MAX_BYTES) return;
      rmSync(path, WHATEVER_IT_IS);
      count -= 1;
      bytes -= size;
    }
  }
}

/** A folder may have the name of an entry, too. */
const WHATEVER_IT_IS = { force: true, recursive: true };

/** An entry as a file: its size in bytes, and when it was written. */
interface StoredEntry {
  readonly path: string;
  readonly size: number;
  readonly age: number;
}

function sizeOf(files: readonly StoredEntry[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** A line with a checksum of the rest, a line with kind and key, and the value. */
function encode(kind: CacheKind, key: string, value: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(`${kind} ${JSON.stringify(key)}\n`), value]);
  return Buffer.concat([Buffer.from(`${checksum(body)}\n`), body]);
}

function decode(bytes: Buffer, kind: CacheKind, key: string): Uint8Array | undefined {
  const body = bytes.subarray(65);
  const head = Buffer.from(`${kind} ${JSON.stringify(key)}\n`);
  const isSound =
    bytes.subarray(0, 65).toString('latin1') === `${checksum(body)}\n` && body.subarray(0, head.length).equals(head);
  return isSound ? body.subarray(head.length) : undefined;
}

function fieldsOf(entry: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(entry).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function checksum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

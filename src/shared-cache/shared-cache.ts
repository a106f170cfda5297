import { setTimeout as sleep } from 'node:timers/promises';
import type { SharedAnswers, SharedFields, SharedKind } from '../cache/shared-answers.js';
import { Gate } from '../concurrency/gate.js';
import { oncePerKey } from '../concurrency/once-per-key.js';
import { PullpinError } from '../errors.js';
import { nameOfQuestion, type Question, readSharedEntry, writeSharedEntry } from './entries/entry.js';
import type { EntrySigner, TrustedKeys } from './entries/keys.js';
import type { EntryName, EntryStore } from './stores/entry-store.js';

/** What a shared cache is made of. */
export interface SharedCacheOptions {
  /** Where it is, for messages. */
  readonly place: string;
  /** Called when it is first needed. */
  readonly open: () => Promise<EntryStore>;
  readonly keys: TrustedKeys;
  /** Signs what this run finds out; nothing is written when omitted. */
  readonly signer?: EntrySigner | undefined;
  /** How many of a hundred hashes are computed again. */
  readonly samplePercent: number;
  /** Called at most once in a run. */
  readonly warn: (message: string) => void;
  readonly detail: (message: string) => void;
  readonly signal: AbortSignal;
  /** The longest wait for one answer, in milliseconds; 5 seconds when omitted. */
  readonly patience?: number | undefined;
  /** From 0 to below 1. */
  readonly random?: (() => number) | undefined;
}

const PATIENCE = 5000;
/** How many entries are asked for, or written, at a time. */
const CONCURRENT = 16;

/**
 * The answers of other machines. It can only save work: where it is down, slow or full of something else, the run goes on without it, and says so
 * once. What fails once is not asked again in this run.
 */
export class SharedCache implements SharedAnswers {
  private readonly gate = new Gate(CONCURRENT);
  /** Aborted when it is used no more, so that nobody waits for it. */
  private readonly off = new AbortController();
  private store: Promise<EntryStore> | undefined;
  private hasWarned = false;
  private readonly ended: Promise<undefined>;

  constructor(private readonly options: SharedCacheOptions) {
    this.ended = new Promise((resolve) => {
      for (const signal of [this.off.signal, options.signal])
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
  }

  get isWritten(): boolean {
    return this.options.signer !== undefined;
  }

  get place(): string {
    return this.options.place;
  }

  get(kind: SharedKind, key: string): Promise<SharedFields | undefined> {
    return this.find({ kind, key });
  }

  async set(kind: SharedKind, key: string, fields: SharedFields): Promise<void> {
    const { signer, place, detail } = this.options;
    const question = { kind, key };
    const bytes = signer && writeSharedEntry(question, fields, signer);
    if (!bytes) return;
    const name = nameOf(question);
    const isWritten = await this.using('be written', async (store) => {
      await store.put(name, bytes);
      return true;
    });
    if (isWritten) detail(`${place}: wrote ${kind} ${name.hex}`);
  }

  isSampled(): boolean {
    const { samplePercent, random = Math.random } = this.options;
    return random() * 100 < samplePercent;
  }

  async close(): Promise<void> {
    this.off.abort();
    await (await this.store?.catch(() => undefined))?.close();
  }

  private readonly find = oncePerKey(
    async (question: Question): Promise<SharedFields | undefined> => {
      const { place, detail, keys } = this.options;
      const name = nameOf(question);
      const bytes = await this.using('be read', (store) => store.get(name));
      detail(`${place}: ${question.kind} ${name.hex} ${bytes ? 'found' : 'is not there'}`);
      if (!bytes) return undefined;
      const read = readSharedEntry(bytes, question, keys);
      if ('answer' in read) return read.answer;
      this.warn(
        `the shared cache ${place} has an entry that is not used, because it ${read.reason}: ${question.kind} ${name.hex}`,
      );
      return undefined;
    },
    ({ kind, key }) => `${kind} ${key}`,
  );

  /** Undefined when it is used no more, or from now on: after a failure, and for an answer that does not come in time. */
  private async using<T>(what: string, act: (store: EntryStore) => Promise<T>): Promise<T | undefined> {
    const { signal, place } = this.options;
    try {
      return await this.gate.run(async () => {
        if (this.off.signal.aborted) return undefined;
        this.store ??= this.options.open();
        return await this.inTime(this.store.then(act));
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PullpinError)) throw error;
      if (!this.off.signal.aborted)
        this.warn(`the shared cache ${place} cannot ${what}, and this run goes on without it: ${error.message}`);
      this.off.abort();
      return undefined;
    }
  }

  /** Undefined as soon as the cache is used no more. What comes too late is of no use, nor is its failure. */
  private async inTime<T>(answer: Promise<T>): Promise<T | undefined> {
    const { patience = PATIENCE, signal } = this.options;
    answer.catch(() => undefined);
    const timer = new AbortController();
    const timeUp = sleep(patience, true, { signal: timer.signal }).catch(() => false);
    const inTime = timeUp.then((isUp) => {
      if (isUp) throw new PullpinError(`it did not answer within ${patience / 1000} s`);
      return undefined;
    });
    try {
      return await Promise.race([answer, inTime, this.ended]);
    } finally {
      timer.abort();
      signal.throwIfAborted();
    }
  }

  private warn(message: string): void {
    if (this.hasWarned) this.options.detail(message);
    else this.options.warn(message);
    this.hasWarned = true;
  }
}

function nameOf(question: Question): EntryName {
  return { kind: question.kind, hex: nameOfQuestion(question) };
}

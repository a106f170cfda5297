import type { SharedKind } from '../../cache/shared-answers.js';
import { PullpinError } from '../../errors.js';

/** How an entry is named: by its kind, and by 64 hex digits that stand for its question. */
export interface EntryName {
  readonly kind: SharedKind;
  readonly hex: string;
}

/** A place that keeps small files for everybody. */
export interface EntryStore {
  /** The bytes of an entry, unchecked; undefined where there is none. Throws a PullpinError when the place cannot be asked. */
  get(name: EntryName): Promise<Uint8Array | undefined>;
  /** Writes an entry whole, or not at all. Throws a PullpinError. */
  put(name: EntryName, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A shared cache cannot be used. The message is the end of a sentence. */
export class EntryStoreError extends PullpinError {}

/** Where servers of the plain protocol of bazel-remote keep what they do not check. */
export function pathOfEntry({ hex }: EntryName): string {
  return `ac/${hex}`;
}

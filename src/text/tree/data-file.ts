import type { CommentedFile } from '../../nix/find/notes/commented-file.js';
import type { Range } from '../../nix/language/position.js';
import type { Origin } from '../../nix/values/value.js';

/** A string, with the place that holds it. */
export interface DataText extends Range {
  readonly kind: 'text';
  readonly text: string;
  readonly origin: Origin;
  /** Why its text must not be changed, as the rest of a sentence: `it is written as a block`. */
  readonly hindrance?: string | undefined;
  /** Whether the file does not say which text it is, so that the hindrance matters before any change. */
  readonly isUncertain?: boolean | undefined;
  /** Whether it has an anchor, so that other places of the file may use it. */
  readonly isAnchored?: boolean | undefined;
}

/** A key with its value. `place` covers both as they are written; undefined where only the keys of others imply it. */
export interface DataEntry {
  readonly key: string;
  readonly place: Range | undefined;
  readonly value: DataNode;
}

/** Keys with values. `inherited` are the maps whose keys it takes over where it has none of its own (`<<`), the strongest first. */
export interface DataMap extends Range {
  readonly kind: 'map';
  readonly entries: readonly DataEntry[];
  readonly inherited: readonly DataMap[];
}

/** Values without keys. */
export interface DataList extends Range {
  readonly kind: 'list';
  readonly items: readonly DataNode[];
}

/** A value that stands elsewhere in the file, by its name there. */
export interface DataAlias extends Range {
  readonly kind: 'alias';
  readonly name: string;
  readonly target: DataNode | undefined;
}

/** A number, a boolean, a date, or nothing. */
export interface DataOther extends Range {
  readonly kind: 'other';
  readonly text: string;
}

/** A value of a data file. Its range covers all of it, with its quotes. */
export type DataNode = DataText | DataMap | DataList | DataAlias | DataOther;

/** One of the documents of a file. `start` is where it begins, in front of its first value. */
export interface DataDocument {
  readonly root: DataNode;
  readonly start: number;
}

/** A parsed data file. `root` is all that stands in it behind the comments above it. */
export interface DataFile extends CommentedFile {
  readonly documents: readonly DataDocument[];
}

/** Parses a file. Throws a NixSyntaxError when the text is something else, or too large or too deep. */
export type ParseData = (source: string, path: string) => DataFile;

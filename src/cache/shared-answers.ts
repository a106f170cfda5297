/**
 * What is shared: the hash of an image for a name, by what it was made from; what a layer holds, by its digest. Never which digest a tag has.
 */
export type SharedKind = 'hash' | 'layer';

/** The answer to a question, an object of JSON. Who asks checks its fields. */
export type SharedFields = Readonly<Record<string, unknown>>;

/** What other machines found out. Only people who hold a trusted key can say something here; what cannot be read counts as not known. */
export interface SharedAnswers {
  /** Whether this run tells others what it finds out. */
  readonly isWritten: boolean;
  /** What is known. Never throws, except for the reason of a run that is ended. */
  get(kind: SharedKind, key: string): Promise<SharedFields | undefined>;
  /** Tells others. Does nothing where that is not wanted, or not possible. */
  set(kind: SharedKind, key: string, fields: SharedFields): Promise<void>;
  /** Whether this hash is one of those that are computed again all the same. */
  isSampled(): boolean;
  /** Where it is, for messages. */
  readonly place: string;
  close(): Promise<void>;
}

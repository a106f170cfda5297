/** Milliseconds. There is no limit for a whole download. */
export interface TimeLimits {
  /** For the connection, TLS included. */
  readonly connect: number;
  /** From the request to the answer's first byte. */
  readonly headers: number;
  /** Between two pieces of a body. */
  readonly idle: number;
  /** For the whole of an answer that is small by its nature: a manifest, a token, a page of tags. */
  readonly small: number;
}

export const DEFAULT_TIME_LIMITS: TimeLimits = { connect: 15_000, headers: 60_000, idle: 60_000, small: 300_000 };

/** Says for a `host[:port]` whether plain HTTP and unverified TLS are allowed. */
export type IsInsecure = (host: string) => boolean;

/** Downloads at one registry at a time. */
export const DEFAULT_CONCURRENCY = 8;

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

/** How often and how patiently a request is repeated that failed for a passing reason. */
export interface RetrySettings {
  /** Repetitions, without the first attempt. */
  readonly retries: number;
  /** The first pause, in milliseconds; it doubles each time, and up to half of it is left to chance. */
  readonly pause: number;
  /** The longest Retry-After that is waited for, in milliseconds. */
  readonly longestWait: number;
}

export const DEFAULT_RETRY: RetrySettings = { retries: 4, pause: 500, longestWait: 60_000 };

export const DEFAULT_TIME_LIMITS: TimeLimits = { connect: 15_000, headers: 60_000, idle: 60_000, small: 300_000 };

export const DEFAULT_CONCURRENCY = 8;

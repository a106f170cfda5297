import type { SecureContext } from 'node:tls';
import type { RepositoryName } from '../oci/reference.js';
import type { Credentials } from './credentials.js';

/** What a TLS connection to a host trusts and shows. */
export interface Trust {
  /** PEM texts of every authority to trust, in place of Node's own; Node's own when absent. */
  readonly ca?: readonly string[];
  /** The client's certificate chain and key, PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** All of this made ready when it is first asked for, so that not every connection has to parse it again: authorities cost 20 ms. */
  readonly secureContext?: () => SecureContext;
}

/** A place where a repository can be read: the registry itself, or a mirror of it. */
export interface Endpoint extends RepositoryName {
  /** `host[:port]`, to be spoken to as it is. */
  readonly registry: string;
  /** The repository's name there. */
  readonly repository: string;
  /** A stand-in: tried before the registry itself, and its failures are not fatal. */
  readonly mirror?: boolean;
  /** Plain HTTP and unverified TLS are allowed. */
  readonly insecure?: boolean;
}

/** What the image is asked by: a mirror may be good for digests only. */
export type AskedBy = 'tag' | 'digest';

/** Something worth a line of --verbose, or a warning that the user should see anyway. Never carries a secret. */
export type RegistryEvent =
  | {
      readonly type: 'request';
      readonly method: string;
      readonly url: string;
      readonly status: number;
      readonly milliseconds: number;
    }
  | {
      readonly type: 'retry';
      readonly url: string;
      readonly reason: string;
      readonly milliseconds: number;
      readonly attempt: number;
    }
  | { readonly type: 'warning'; readonly message: string };

/** Where challenges are kept between runs, so that a new process need not be refused first. Holds no secrets. */
export interface ChallengeMemory {
  get(host: string): string | undefined;
  set(host: string, challenge: string): void;
}

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

/** Everything the registry client must be told; it reads nothing from the environment. */
export interface RegistrySettings {
  /** Registries, `host[:port]`, that may speak plain HTTP or show a certificate that nobody vouches for. */
  readonly insecure?: ReadonlySet<string>;
  /** Credentials for a repository; asked at most once for each, and only when a registry wants them. */
  readonly credentials?: (name: RepositoryName) => Promise<Credentials | undefined>;
  /** The proxy for a URL, credentials in it; none when undefined. */
  readonly proxyFor?: (url: URL) => URL | undefined;
  /** For a `host[:port]`, asked once for each. */
  readonly trust?: (host: string) => Promise<Trust>;
  /** Where to read a repository, best first; the last is the registry itself. docker.io is registry-1.docker.io when absent. */
  readonly endpoints?: (name: RepositoryName, by: AskedBy) => readonly Endpoint[];
  readonly retry?: Partial<RetrySettings>;
  readonly timeLimits?: Partial<TimeLimits>;
  /** How many requests, or downloads, may be under way at one registry at a time; 8 when absent. */
  readonly concurrency?: number;
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal;
  readonly log?: (event: RegistryEvent) => void;
  readonly challengeMemory?: ChallengeMemory;
  readonly userAgent?: string;
}

export const DEFAULT_RETRY: RetrySettings = { retries: 4, pause: 500, longestWait: 60_000 };
export const DEFAULT_TIME_LIMITS: TimeLimits = { connect: 15_000, headers: 60_000, idle: 60_000, small: 300_000 };
export const DEFAULT_CONCURRENCY = 8;

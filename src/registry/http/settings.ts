import type { RepositoryName } from '../../oci/reference.js';
import type { Credentials } from '../credentials/credentials.js';
import type { AskedBy, Endpoint } from '../mirrors/endpoint.js';
import type { Trust } from '../tls/trust.js';
import type { RegistryEvent } from './events.js';
import type { RetrySettings, TimeLimits } from './limits.js';

/** Where challenges are kept between runs, so that a new process need not be refused first. Holds no secrets. */
export interface ChallengeCache {
  get(host: string): string | undefined;
  set(host: string, challenge: string): void;
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
  readonly challengeCache?: ChallengeCache;
  readonly userAgent?: string;
}

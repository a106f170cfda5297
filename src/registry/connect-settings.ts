import type { ChallengeCache } from './auth/auth-methods.js';
import type { RegistryEvent } from './http/events.js';

/** The user's own choices of how registries are reached. */
export interface ConnectSettings {
  /** The registries that the user named; credentials that name no registry hold for them when they are all one. */
  readonly registries?: readonly string[] | undefined;
  /** `username:password`, for the registry named beside it. */
  readonly credentialsText?: string | undefined;
  readonly credentialsRegistry?: string | undefined;
  /** A file with credentials, as docker and podman write it. */
  readonly authfile?: string | undefined;
  /** A file with certificates (PEM) to trust beside the usual ones. */
  readonly caFile?: string | undefined;
  /** Registries, `host[:port]`, that may speak plain HTTP or show any certificate. */
  readonly insecure?: readonly string[] | undefined;
  /** No credentials are looked for, or sent. */
  readonly anonymous?: boolean | undefined;
  /** What a build sees: no logins, mirrors and certificates that this machine or its user has set up. Proxies stay. */
  readonly bare?: boolean | undefined;
  /** `FROM=TO`, where a look-up goes instead. */
  readonly registryMap?: readonly string[] | undefined;
  /** Whether mirrors are trusted about tags, too. */
  readonly tagsFromMirrors?: boolean | undefined;
  /** How often a request that failed is repeated; 4 when omitted. */
  readonly retries?: number | undefined;
  /** Downloads at one registry at a time; 8 when omitted. Look-ups are four times as many. */
  readonly concurrency?: number | undefined;
  /** The most requests to one host in a minute; no limit when omitted. A part of a whole number where several machines share it. */
  readonly maxRequestsPerMinute?: number | undefined;
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal | undefined;
  readonly userAgent?: string | undefined;
  /** What earlier runs found out; only what registries asked for is used, so that they need not refuse a request first. It holds no secrets. */
  readonly cache?: { readonly challenges: ChallengeCache } | undefined;
  /** Called for each request, retry and warning. */
  readonly log?: ((event: RegistryEvent) => void) | undefined;
}

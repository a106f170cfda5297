import { oncePerKey } from '../concurrency/once-per-key.js';
import { checkCount, printable, UsageError } from '../errors.js';
import type { Machine } from '../machine/machine.js';
import type { Registries, TaggedSource } from '../oci/image-source.js';
import type { ChallengeCache } from './auth/auth-methods.js';
import { createRegistryClient, type RegistrySettings } from './client.js';
import { createCredentials } from './credentials/find-credentials.js';
import { givenCredentials } from './credentials/given-credentials.js';
import type { RegistryEvent } from './http/events.js';
import { createPace } from './http/pace.js';
import { createMirrors } from './mirrors/mirrors.js';
import { readRegistriesConf } from './mirrors/registries-conf.js';
import { parseRegistryMap } from './mirrors/registry-map.js';
import { createProxies } from './proxies/proxies.js';
import { certificateFolders } from './tls/certificate-folders.js';
import { createTrust, trustBundled } from './tls/trust.js';

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
  readonly log?: ((event: RegistryEvent) => void) | undefined;
}

/** All registries, as this machine is set up to reach them. One for a whole run: it shares connections, tokens and what it learned. */
export interface ConnectedRegistries extends Registries<TaggedSource> {
  /** Breaks off what is under way, and closes all connections. */
  close(): Promise<void>;
}

/**
 * A client for all registries that finds credentials, proxies, certificates and mirrors where docker, podman and skopeo find them; see
 * docs/registries.md. Throws a PullpinError for settings that make no sense.
 */
export async function connectRegistries(machine: Machine, options: ConnectSettings = {}): Promise<ConnectedRegistries> {
  const settings = await registrySettings(machine, options);
  const client = createRegistryClient(settings);
  const clients = [client];
  // A registry that need not be verified, because a file says so, has a client of its own: nothing secret is sent there.
  const unverified = oncePerKey((registry: string) => {
    const insecure = [...(options.insecure ?? []), registry];
    const own = createRegistryClient({ ...settings, credentials: undefined, insecure });
    clients.push(own);
    return own;
  });
  return {
    repository: (name, options) => (options?.unverified ? unverified(name.registry) : client).repository(name),
    close: async () => {
      for (const each of clients) await each.close();
    },
  };
}

/** What a machine and its user say of how registries are reached. Throws a PullpinError. */
export async function registrySettings(machine: Machine, options: ConnectSettings): Promise<RegistrySettings> {
  const { environment, home } = machine;
  const { bare = false, registryMap = [], tagsFromMirrors = false, retries, userAgent } = options;
  checkCount('retries', retries, 0);
  checkCount('concurrency', options.concurrency, 1);
  const { maxRequestsPerMinute: pace } = options;
  if (pace !== undefined && !(pace > 0 && Number.isFinite(pace)))
    throw new UsageError(`maxRequestsPerMinute is a number above 0, not ${printable(String(pace), 100)}`);
  // Anything else would be a header of its own.
  if (userAgent !== undefined && !/^[\x20-\x7e]+$/.test(userAgent))
    throw new UsageError(`userAgent '${printable(userAgent, 100)}' has characters that a header cannot have`);
  return {
    ...options,
    challengeCache: options.cache?.challenges,
    credentials: findCredentials(machine, options),
    proxyFor: createProxies(environment),
    trust: bare
      ? trustBundled()
      : createTrust({ environment, caFile: options.caFile, certsDirs: certificateFolders(environment, home) }),
    endpoints: createMirrors({
      tables: bare ? [] : await readRegistriesConf({ environment, home }),
      replacements: parseRegistryMap(registryMap),
      tagsFromMirrors,
    }),
    retry: retries === undefined ? undefined : { retries },
    pace: pace === undefined ? undefined : createPace(pace, options.signal),
  };
}

function findCredentials(machine: Machine, options: ConnectSettings) {
  const { registries = [], credentialsText: stdin, credentialsRegistry: registry, log } = options;
  const warn = (message: string): void => log?.({ type: 'warning', message });
  const { given, warning } = givenCredentials({ environment: machine.environment, registries, stdin, registry });
  if (warning) warn(warning);
  return options.anonymous || options.bare
    ? undefined
    : createCredentials({ ...machine, authfile: options.authfile, given, warn });
}

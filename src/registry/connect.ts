import type { Environment } from '../machine/environment.js';
import type { ChallengeCache } from './auth/auth-methods.js';
import { createRegistryClient, type RegistryClient } from './client.js';
import { createCredentials } from './credentials/find-credentials.js';
import { givenCredentials } from './credentials/given-credentials.js';
import type { RegistryEvent } from './http/events.js';
import { createMirrors } from './mirrors/mirrors.js';
import { readRegistriesConf } from './mirrors/registries-conf.js';
import { parseRegistryMap } from './mirrors/registry-map.js';
import { createProxies } from './proxies/proxies.js';
import { certificateFolders } from './tls/certificate-folders.js';
import { createTrust } from './tls/trust.js';

/** What decides how registries are reached: the user's choices, and the environment in which docker and podman leave theirs. */
export interface ConnectOptions {
  readonly environment: Environment;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly uid?: number | undefined;
  /** The registries that the user named herself; credentials that name no registry hold for them when they are all one. */
  readonly registries: readonly string[];
  /** `username:password`, for the registry named beside it. */
  readonly credentialsText?: string | undefined;
  readonly credentialsRegistry?: string | undefined;
  readonly authfile?: string | undefined;
  readonly caFile?: string | undefined;
  /** Registries, `host[:port]`, that may speak plain HTTP or show any certificate. */
  readonly insecure?: readonly string[] | undefined;
  /** No credentials are looked for, or sent. */
  readonly anonymous?: boolean | undefined;
  /** `FROM=TO`, where a look-up goes instead. */
  readonly registryMap?: readonly string[] | undefined;
  readonly tagsFromMirrors?: boolean | undefined;
  readonly retries?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly userAgent?: string | undefined;
  /** Where challenges are kept between runs. */
  readonly challengeCache?: ChallengeCache | undefined;
  readonly log?: ((event: RegistryEvent) => void) | undefined;
}

/**
 * A client for all registries that finds credentials, proxies, certificates and mirrors where docker, podman and skopeo find them; see
 * docs/registries.md. Throws a PullpinError for settings that make no sense.
 */
export async function connectRegistries(options: ConnectOptions): Promise<RegistryClient> {
  const { environment, home, caFile, registryMap = [], tagsFromMirrors = false, retries } = options;
  return createRegistryClient({
    ...options,
    credentials: findCredentials(options),
    proxyFor: createProxies(environment),
    trust: createTrust({ environment, caFile, certsDirs: certificateFolders(environment, home) }),
    endpoints: createMirrors({
      tables: await readRegistriesConf({ environment, home }),
      replacements: parseRegistryMap(registryMap),
      tagsFromMirrors,
    }),
    retry: retries === undefined ? undefined : { retries },
  });
}

function findCredentials(options: ConnectOptions) {
  const { environment, registries, credentialsText: stdin, credentialsRegistry: registry, log } = options;
  const warn = (message: string): void => log?.({ type: 'warning', message });
  const { given, warning } = givenCredentials({ environment, registries, stdin, registry });
  if (warning) warn(warning);
  return options.anonymous ? undefined : createCredentials({ ...options, given, warn });
}

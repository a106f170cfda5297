import type { Environment } from '../machine/environment.js';
import { createRegistryClient, type RegistryClient } from './client.js';
import { createCredentials } from './credentials/find-credentials.js';
import { givenCredentials } from './credentials/given-credentials.js';
import type { RegistryEvent } from './http/events.js';
import type { ChallengeCache } from './http/settings.js';
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
  readonly uid?: number;
  /** The registries that the user named herself; credentials that name no registry hold for them when they are all one. */
  readonly registries: readonly string[];
  /** `username:password`, for the registry named beside it. */
  readonly credentialsText?: string;
  readonly credentialsRegistry?: string;
  readonly authfile?: string;
  readonly caFile?: string;
  /** Registries, `host[:port]`, that may speak plain HTTP or show any certificate. */
  readonly insecure?: readonly string[];
  /** No credentials are looked for, or sent. */
  readonly anonymous?: boolean;
  /** `FROM=TO`, where a look-up goes instead. */
  readonly registryMap?: readonly string[];
  readonly tagsFromMirrors?: boolean;
  readonly retries?: number;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly userAgent?: string;
  /** Where challenges are kept between runs. */
  readonly challengeCache?: ChallengeCache;
  readonly log?: (event: RegistryEvent) => void;
}

/**
 * A client for all registries that finds credentials, proxies, certificates and mirrors where docker, podman and skopeo find them; see
 * docs/registries.md. Throws a PullpinError for settings that make no sense.
 */
export async function connectRegistries(options: ConnectOptions): Promise<RegistryClient> {
  const {
    environment,
    home,
    platform,
    uid,
    log = () => {},
    retries,
    concurrency,
    signal,
    userAgent,
    challengeCache,
  } = options;
  const warn = (message: string): void => log({ type: 'warning', message });
  const { given, warning } = givenCredentials({
    environment,
    registries: options.registries,
    ...(options.credentialsText !== undefined && { stdin: options.credentialsText }),
    ...(options.credentialsRegistry !== undefined && { registry: options.credentialsRegistry }),
  });
  if (warning) warn(warning);
  return createRegistryClient({
    insecure: new Set(options.insecure),
    ...(!options.anonymous && {
      credentials: createCredentials({
        environment,
        home,
        platform,
        ...(uid !== undefined && { uid }),
        ...(options.authfile !== undefined && { authfile: options.authfile }),
        ...(given && { given }),
        warn,
      }),
    }),
    proxyFor: createProxies(environment),
    trust: createTrust({
      environment,
      ...(options.caFile !== undefined && { caFile: options.caFile }),
      certsDirs: certificateFolders(environment, home),
    }),
    endpoints: createMirrors({
      tables: await readRegistriesConf({ environment, home }),
      replacements: parseRegistryMap(options.registryMap ?? []),
      tagsFromMirrors: options.tagsFromMirrors ?? false,
    }),
    ...(retries !== undefined && { retry: { retries } }),
    ...(concurrency !== undefined && { concurrency }),
    ...(signal && { signal }),
    ...(userAgent !== undefined && { userAgent }),
    ...(challengeCache && { challengeCache }),
    log,
  });
}

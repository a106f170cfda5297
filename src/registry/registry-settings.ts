import { checkCount, printable, UsageError } from '../errors.js';
import type { Machine } from '../machine/machine.js';
import type { RegistrySettings } from './client.js';
import type { ConnectSettings } from './connect-settings.js';
import { createCredentials } from './credentials/find-credentials.js';
import { givenCredentials } from './credentials/given-credentials.js';
import { createPace } from './http/pace.js';
import { createMirrors } from './mirrors/mirrors.js';
import { readRegistriesConf } from './mirrors/registries-conf.js';
import { parseRegistryMap } from './mirrors/registry-map.js';
import { createProxies } from './proxies/proxies.js';
import { certificateFolders } from './tls/certificate-folders.js';
import { createTrust, trustBundled } from './tls/trust.js';

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

import type { Machine } from '../machine/machine.js';
import type { RepositoryName } from '../oci/reference.js';
import { createRegistryClient } from './client.js';
import type { ConnectSettings } from './connect-settings.js';
import { registrySettings } from './registry-settings.js';
import type { EndpointReader, Exchanges } from './repository/endpoint-reader.js';

/** A client for places that keep small files: quick to give up, because a run can do without them. */
export interface StoreConnections {
  registry(name: RepositoryName): EndpointReader;
  web(url: URL): Exchanges;
  close(): Promise<void>;
}

/** Milliseconds. */
const TIME_LIMITS = { connect: 5000, headers: 10_000, idle: 5000, small: 10_000 };
const RETRY = { retries: 1, pause: 200, longestWait: 2000 };

/**
 * Connects as registries are connected, with the proxies, certificates and credentials of this machine: those that are stored for a host, and never those
 * of the command line. What is learned is not kept, and mirrors are not asked. Throws a PullpinError.
 */
export async function connectStore(machine: Machine, options: ConnectSettings): Promise<StoreConnections> {
  const settings = await registrySettings(machine, options);
  const client = createRegistryClient({ ...settings, endpoints: undefined, retry: RETRY, timeLimits: TIME_LIMITS });
  return { registry: (name) => client.endpoint(name), web: (url) => client.web(url), close: () => client.close() };
}

import { oncePerKey } from '../concurrency/once-per-key.js';
import type { Machine } from '../machine/machine.js';
import type { Registries, TaggedSource } from '../oci/image-source.js';
import { createRegistryClient } from './client.js';
import type { ConnectSettings } from './connect-settings.js';
import { registrySettings } from './registry-settings.js';

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

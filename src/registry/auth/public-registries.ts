import type { AuthMethod } from './auth-method.js';

/**
 * What public registries ask for, as they say it themselves in a challenge: by their API hosts. A first run then begins with a token, as later runs do
 * with what they remember. Where a registry has changed its mind, it refuses the token with a new challenge, which counts.
 */
const PUBLIC_REALMS: ReadonlyMap<string, readonly [realm: string, service: string]> = new Map([
  ['registry-1.docker.io', ['https://auth.docker.io/token', 'registry.docker.io']],
  ['ghcr.io', ['https://ghcr.io/token', 'ghcr.io']],
  ['quay.io', ['https://quay.io/v2/auth', 'quay.io']],
  ['gcr.io', ['https://gcr.io/v2/token', 'gcr.io']],
  ['registry.gitlab.com', ['https://gitlab.com/jwt/auth', 'container_registry']],
]);

/** The method of a public registry; undefined for any other host, and unless it is asked over TLS at its usual port. */
export function publicMethod({ protocol, host }: URL): AuthMethod | undefined {
  const [realm, service] = (protocol === 'https:' && PUBLIC_REALMS.get(host)) || [];
  return realm === undefined ? undefined : { scheme: 'bearer', realm, service, scope: undefined };
}

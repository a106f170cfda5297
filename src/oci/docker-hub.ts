/** Under this key docker keeps its login to Docker Hub, and asks credential helpers for it. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

const NAMES = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** The name under which a registry's credentials are compared: lower case, and `docker.io` for every name that Docker Hub has had. */
export function canonicalRegistry(registry: string): string {
  const host = registry.toLowerCase();
  return NAMES.has(host) ? 'docker.io' : host;
}

/** The host at which a registry answers: Docker Hub's has another name than its images. */
export function apiHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

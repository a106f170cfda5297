import type { Definition } from './layout.js';

/** The environment variables that pullpin reads, for the help and the man page. docs/registries.md has the details. */
export const ENVIRONMENT: readonly Definition[] = [
  ['PULLPIN_USERNAME, PULLPIN_PASSWORD', 'Credentials for one registry'],
  ['PULLPIN_REGISTRY', 'The registry that they are for'],
  ['REGISTRY_AUTH_FILE, DOCKER_CONFIG', 'Where credentials are, as for podman and docker'],
  ['CONTAINERS_REGISTRIES_CONF', 'Mirrors and aliases, as for podman'],
  ['HTTP_PROXY, HTTPS_PROXY, NO_PROXY', 'Proxies, also in lower case'],
  ['NIX_SSL_CERT_FILE, SSL_CERT_FILE', 'Certificates to trust in place of the usual ones'],
  ['NODE_EXTRA_CA_CERTS', 'Certificates to trust in addition to the usual ones'],
  ['XDG_CACHE_HOME', 'Where known hashes are kept, in its folder pullpin'],
  ['TMPDIR', 'Where layers are kept that must be read twice'],
  ['NO_COLOR, FORCE_COLOR', 'No colours at all, or always'],
];

/** What the exit codes mean, for the help and the man page. */
export const EXIT_CODES: readonly Definition[] = [
  ['0', 'Done, or nothing to do'],
  ['1', 'A failure, or several of different kinds'],
  ['2', 'The command line makes no sense'],
  ['3', 'A pin is outdated (bump --check)'],
  ['4', 'A registry wants other credentials'],
  ['5', 'There is no such image'],
  ['6', 'A registry allows no more requests for now'],
  ['130', 'Interrupted; 143 and 129 after SIGTERM and SIGHUP'],
];

import { EXIT, EXIT_MEANINGS } from '../terminal/exit-code.js';
import type { Definition } from './layout.js';

/** The environment variables that pullpin reads, for the help and the man page. docs/registries.md has the details. */
export const ENVIRONMENT: readonly Definition[] = [
  ['PULLPIN_USERNAME, PULLPIN_PASSWORD', 'Credentials for one registry'],
  ['PULLPIN_REGISTRY', 'The registry that they are for'],
  ['REGISTRY_AUTH_FILE, DOCKER_CONFIG', 'Where credentials are, as for podman and docker'],
  ['DOCKER_AUTH_CONFIG', 'The credentials themselves, as for GitLab CI'],
  ['XDG_CONFIG_HOME, XDG_RUNTIME_DIR', 'Where settings and the credentials of podman are looked for'],
  ['CONTAINERS_REGISTRIES_CONF', 'Mirrors and aliases, as for podman'],
  ['HTTP_PROXY, HTTPS_PROXY, ALL_PROXY', 'Proxies, also in lower case'],
  ['NO_PROXY', 'Hosts that are asked without a proxy'],
  ['NIX_SSL_CERT_FILE, SSL_CERT_FILE', 'Certificates to trust in place of the usual ones'],
  ['NODE_EXTRA_CA_CERTS', 'Certificates to trust in addition to the usual ones'],
  ['XDG_CACHE_HOME', 'Where known hashes are kept, in its folder pullpin'],
  ['TMPDIR', 'Where layers are kept that must be read twice'],
  ['USER, LOGNAME, NIX_REMOTE', 'Who you are for Nix, and whether it has a daemon (doctor)'],
  ['NO_COLOR, FORCE_COLOR', 'No colours at all, or always'],
  ['TERM, CI', 'No progress and no colours where TERM is dumb; no progress where CI is set'],
];

/** What the exit codes mean, for the help and the man page. */
export const EXIT_CODES: readonly Definition[] = Object.entries(EXIT).map(([name, code]) => [
  String(code),
  EXIT_MEANINGS[name as keyof typeof EXIT],
]);

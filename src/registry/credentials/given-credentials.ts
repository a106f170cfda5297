import { printable, UsageError } from '../../errors.js';
import type { Environment } from '../../machine/environment.js';
import { canonicalRegistry } from '../../oci/docker-hub.js';
import { type Credentials, concealed } from './credentials.js';

/** Credentials that the user handed over for one registry. */
export interface GivenCredentials {
  readonly registry: string;
  readonly credentials: Credentials;
}

/** What the command line says about credentials. */
export interface CredentialsRequest {
  readonly environment: Environment;
  /** What was read from stdin for --creds-stdin: `username:password` and at most one line's end. */
  readonly stdin?: string | undefined;
  /** --creds-registry */
  readonly registry?: string | undefined;
  /** The registries of the references of the command line; not of names that were found in files or read from stdin. */
  readonly registries: readonly string[];
}

/** Credentials, or the reason why what was set holds for no registry. */
export interface CredentialsAnswer {
  readonly given?: GivenCredentials;
  readonly warning?: string;
}

/**
 * The credentials of --creds-stdin, else of PULLPIN_USERNAME and PULLPIN_PASSWORD, and the one registry they hold for: the one that is
 * named, else the one that all references of the command line share. A name found in a file never chooses it, because a file could then
 * have the password sent anywhere. Throws a UsageError.
 */
export function givenCredentials(request: CredentialsRequest): CredentialsAnswer {
  const registry = namedRegistry(request) ?? sharedRegistry(request.registries);
  if (request.stdin !== undefined) {
    if (registry === undefined) throw new UsageError('--creds-stdin: name the registry with --creds-registry HOST');
    return { given: { registry, credentials: fromStdin(request.stdin) } };
  }
  const credentials = fromEnvironment(request.environment);
  if (credentials === undefined) return {};
  if (registry === undefined) return { warning: UNNAMED };
  return { given: { registry, credentials } };
}

const UNNAMED =
  'PULLPIN_USERNAME and PULLPIN_PASSWORD are not used: name their registry with PULLPIN_REGISTRY or --creds-registry HOST';

function namedRegistry({ registry, environment }: CredentialsRequest): string | undefined {
  const name = registry ?? (environment['PULLPIN_REGISTRY'] || undefined);
  if (name === undefined) return undefined;
  if (/^[a-zA-Z0-9.-]+(:[0-9]+)?$|^\[[0-9a-fA-F:.]+\](:[0-9]+)?$/.test(name)) return canonicalRegistry(name);
  const origin = registry === undefined ? 'PULLPIN_REGISTRY' : '--creds-registry';
  throw new UsageError(
    `${origin}: '${printable(name)}' is not a registry; write its host and, if it has one, its port`,
  );
}

function sharedRegistry(registries: readonly string[]): string | undefined {
  const [first, ...others] = new Set(registries.map(canonicalRegistry));
  return others.length === 0 ? first : undefined;
}

function fromStdin(text: string): Credentials {
  const [, username, password] = /^([^:\r\n]+):([^\r\n]*)\r?\n?$/.exec(text) ?? [];
  if (username === undefined || password === undefined) {
    throw new UsageError('--creds-stdin: stdin must be one line, username:password');
  }
  return concealed({ kind: 'basic', username, password }, '--creds-stdin');
}

function fromEnvironment(environment: Environment): Credentials | undefined {
  const username = environment['PULLPIN_USERNAME'] || undefined;
  const password = environment['PULLPIN_PASSWORD'] || undefined;
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    const [set, unset] = username === undefined ? ['PASSWORD', 'USERNAME'] : ['USERNAME', 'PASSWORD'];
    throw new UsageError(`PULLPIN_${set} is set but PULLPIN_${unset} is not; set both or neither`);
  }
  return concealed({ kind: 'basic', username, password }, 'PULLPIN_USERNAME');
}

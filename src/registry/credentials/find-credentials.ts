import { join } from 'node:path';
import { oncePerKey } from '../../concurrency/once-per-key.js';
import { PullpinError } from '../../errors.js';
import { configFolder, type Environment } from '../../machine/environment.js';
import { canonicalRegistry, DOCKER_HUB_KEY } from '../../oci/docker-hub.js';
import type { RepositoryName } from '../../oci/reference.js';
import { type AuthFile, AuthFileError, credentialsIn, parseAuthFile, readAuthFile } from './auth-file.js';
import { createHelperRunner, type HelperRequest, helperProgram, type RunHelper } from './credential-helper.js';
import { type Credentials, concealed, type Login } from './credentials.js';
import type { GivenCredentials } from './given-credentials.js';

/** The credentials for a repository, undefined for an anonymous request. Throws an AuthFileError for a malformed file. */
export type FindCredentials = (name: RepositoryName) => Promise<Credentials | undefined>;

/** Where credentials may be. */
export interface CredentialsOptions {
  readonly environment: Environment;
  readonly home: string;
  readonly platform: string;
  /** Of the user, to find podman's file where XDG_RUNTIME_DIR is not set. */
  readonly uid?: number | undefined;
  /** --authfile: read before all others, and it must be there. */
  readonly authfile?: string | undefined;
  /** Wins over every file, for its registry. */
  readonly given?: GivenCredentials | undefined;
  /** Called once for each reason why a credential helper gave nothing. This alone must not stop the pull of a public image. */
  readonly warn: (message: string) => void;
}

/**
 * Finds credentials where docker and podman leave them: the first file with a login for the repository wins, by the rules of
 * containers-auth.json(5), with docker's `credsStore` as an addition. Files are read, and helpers asked, once and only when needed.
 */
export function createCredentials(
  options: CredentialsOptions,
  runHelper: RunHelper = createHelperRunner(options.environment),
): FindCredentials {
  const files = authFiles(options).map(once);
  const askHelper = createHelperAnswers(runHelper, options.warn);
  return async (name) => {
    if (options.given?.registry === canonicalRegistry(name.registry)) return options.given.credentials;
    for (const file of files) {
      const content = await file();
      const found = content && (await findIn(content, name, askHelper));
      if (found) return found;
    }
    return undefined;
  };
}

type ReadFile = () => Promise<AuthFile | undefined>;

/** GitLab's runners and docker itself take a config.json from this variable. */
const CONFIG_VARIABLE = 'DOCKER_AUTH_CONFIG';

/** The files in which credentials may be, in the order in which they count. Each throws an AuthFileError for one that is malformed. */
export function authFiles({
  environment,
  home,
  platform,
  uid,
  authfile,
}: Omit<CredentialsOptions, 'warn'>): ReadFile[] {
  const named = environment['REGISTRY_AUTH_FILE'];
  const config = environment[CONFIG_VARIABLE];
  const podman = platform === 'linux' ? podmanFile(environment, uid) : undefined;
  const folder = environment['DOCKER_CONFIG'] || join(home, '.docker');
  return [
    ...(authfile === undefined ? [] : [() => readRequired(authfile)]),
    ...(named ? [() => readAuthFile(named, 'auth.json')] : []),
    ...(config ? [async () => parseAuthFile(CONFIG_VARIABLE, Buffer.from(config), 'auth.json')] : []),
    ...(podman === undefined ? [] : [() => readAuthFile(podman, 'auth.json')]),
    () => readAuthFile(join(configFolder(environment, home), 'containers/auth.json'), 'auth.json'),
    () => readAuthFile(join(folder, 'config.json'), 'auth.json'),
    () => readAuthFile(join(home, '.dockercfg'), 'dockercfg'),
  ];
}

/** Where podman keeps logins until the user's session ends. */
function podmanFile(environment: Environment, uid: number | undefined): string | undefined {
  const folder = environment['XDG_RUNTIME_DIR'];
  if (folder) return join(folder, 'containers/auth.json');
  return uid === undefined ? undefined : `/run/containers/${uid}/auth.json`;
}

async function readRequired(path: string): Promise<AuthFile> {
  const file = await readAuthFile(path, 'auth.json');
  if (!file) throw new AuthFileError(path, 'does not exist; check what --authfile names');
  return file;
}

type AskHelper = (name: string, server: string, file: string) => Promise<Login | undefined>;

async function findIn(file: AuthFile, name: RepositoryName, ask: AskHelper): Promise<Credentials | undefined> {
  const registry = canonicalRegistry(name.registry);
  const helper = file.helpers.get(registry);
  if (helper !== undefined) return askFor(registry, helper, file, ask);
  const stored = file.store === undefined ? undefined : await askFor(registry, file.store, file, ask);
  return stored ?? credentialsIn(file, name);
}

async function askFor(registry: string, helper: string, file: AuthFile, ask: AskHelper) {
  // docker stores its login to Docker Hub under a key of its own, podman under the plain name.
  const servers = registry === 'docker.io' ? [DOCKER_HUB_KEY, registry] : [registry];
  for (const server of servers) {
    const login = await ask(helper, server, file.path);
    if (login) return concealed(login, `${helperProgram(helper)}, named in ${file.path}`);
  }
  return undefined;
}

function createHelperAnswers(runHelper: RunHelper, warn: (message: string) => void): AskHelper {
  const warned = new Set<string>();
  const ask = async (request: HelperRequest): Promise<Login | undefined> => {
    try {
      return await runHelper(request);
    } catch (error) {
      if (!(error instanceof PullpinError)) throw error;
      if (!warned.has(error.message)) warn(`${error.message}; pullpin continues without it`);
      warned.add(error.message);
      return undefined;
    }
  };
  const answer = oncePerKey(ask, ({ name, server }) => JSON.stringify([name, server]));
  return (name, server, file) => answer({ name, server, file });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

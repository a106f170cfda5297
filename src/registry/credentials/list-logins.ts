import { PullpinError, printable } from '../../errors.js';
import { type AuthFile, canonicalKey } from './auth-file.js';
import { callHelper, helperProgram } from './credential-helper.js';
import { authFiles, type CredentialsOptions } from './find-credentials.js';

/** A login that this user has. Nothing of it is secret. */
export interface KnownLogin {
  /** `registry[/namespace…[/repository]]` */
  readonly name: string;
  /** The file, or the credential helper that a file names. */
  readonly source: string;
}

/** The logins that docker and podman left for this user, each name once, and what kept some of them from being seen. */
export interface KnownLogins {
  readonly logins: readonly KnownLogin[];
  readonly problems: readonly string[];
}

/** Lists for which registries there are logins. Credential helpers are asked for names only. */
export async function listLogins(options: Omit<CredentialsOptions, 'warn'>): Promise<KnownLogins> {
  const problems: string[] = [];
  const logins: KnownLogin[] = [];
  for (const read of authFiles(options)) {
    try {
      const file = await read();
      if (file) logins.push(...(await loginsOf(file, options)));
    } catch (error) {
      if (!(error instanceof PullpinError)) throw error;
      problems.push(error.message);
    }
  }
  // The first of several is the one that is used.
  const first = new Map(logins.toReversed().map((login) => [login.name, login]));
  return { logins: [...first.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

async function loginsOf(file: AuthFile, options: Omit<CredentialsOptions, 'warn'>): Promise<KnownLogin[]> {
  const stored = file.store === undefined ? [] : await namesIn(file.store, file, options);
  const helped = [...file.helpers].map(([name, helper]) => ({ name, source: helperProgram(helper) }));
  return [...helped, ...stored, ...[...file.entries.keys()].map((name) => ({ name, source: file.path }))];
}

/** The servers that a credential helper knows (docker/docker-credential-helpers, `list`: a JSON object of servers and users). */
async function namesIn(
  helper: string,
  file: AuthFile,
  { environment }: Pick<CredentialsOptions, 'environment'>,
): Promise<KnownLogin[]> {
  const source = helperProgram(helper);
  const result = await callHelper(helper, { action: 'list', input: '', environment });
  const servers = result?.failure === undefined ? keysOf(result?.stdout.toString('utf8') ?? '') : undefined;
  if (servers) return servers.map((server) => ({ name: canonicalKey(server), source }));
  throw new PullpinError(
    `${printable(source, 100)}, named in ${printable(file.path)}, does not say which logins it has`,
  );
}

function keysOf(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : undefined;
  } catch {
    return undefined;
  }
}

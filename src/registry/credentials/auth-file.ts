import { heavyWorkNext } from '../../concurrency/heavy-work.js';
import { PullpinError, printable } from '../../errors.js';
import { isMissing, readProblem } from '../../machine/file-errors.js';
import { readRegularFile, SETTINGS_LIMIT } from '../../machine/regular-file.js';
import { canonicalRegistry, DOCKER_HUB_KEY } from '../../oci/docker-hub.js';
import { parseJson } from '../../oci/json.js';
import { JsonError } from '../../oci/json-scanner.js';
import { type RepositoryName, withoutFinalSlashes } from '../../oci/reference.js';
import { type Credentials, concealed, type Login } from './credentials.js';

/** A file with credentials cannot be used. The message never shows the file's contents. */
export class AuthFileError extends PullpinError {
  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${printable(file)}: ${problem}`, options);
  }
}

/** `auth.json` is the current format of podman and docker; `dockercfg` is docker's before 2015, which has nothing but the entries. */
export type AuthFileFormat = 'auth.json' | 'dockercfg';

/** What docker or podman wrote when its user logged in: containers-auth.json(5). */
export interface AuthFile {
  readonly path: string;
  /** The credential helper to ask instead of this file, by registry. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The credential helper to ask first for every other registry. */
  readonly store: string | undefined;
  /** By `registry[/namespace…[/repository]]`. */
  readonly entries: ReadonlyMap<string, AuthEntry>;
}

/** One login. `key` is how the file spells it. */
export interface AuthEntry {
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads a file with credentials; undefined when there is none. Throws an AuthFileError when it cannot be read or is malformed. */
export async function readAuthFile(path: string, format: AuthFileFormat): Promise<AuthFile | undefined> {
  const file = await readRegularFile(path, { limit: SETTINGS_LIMIT }).catch((cause: unknown) => {
    if (isMissing(cause)) return undefined;
    throw new AuthFileError(path, `${readProblem(cause)}, or name another with --authfile`, { cause });
  });
  return file && heavyWorkNext(undefined, () => parseAuthFile(path, file.bytes, format));
}

/** What a file with credentials says; `path` names it in messages. Throws an AuthFileError when it is malformed. */
export function parseAuthFile(path: string, bytes: Uint8Array, format: AuthFileFormat): AuthFile {
  const root = objectOf(path, 'the file', parse(path, Buffer.from(bytes)));
  if (format === 'dockercfg') return { path, helpers: new Map(), store: undefined, entries: entriesOf(path, root) };
  const store = textOf(path, 'credsStore', root['credsStore']);
  return {
    path,
    helpers: helpersOf(path, objectOf(path, 'credHelpers', root['credHelpers'])),
    store: store === '' ? undefined : store,
    entries: entriesOf(path, objectOf(path, 'auths', root['auths'])),
  };
}

/** The login of the longest key that names the repository or something above it. Throws an AuthFileError when that entry is malformed. */
export function credentialsIn(file: AuthFile, { registry, repository }: RepositoryName): Credentials | undefined {
  for (let key = `${canonicalRegistry(registry)}/${repository}`; key !== ''; key = parentOf(key)) {
    const entry = file.entries.get(key);
    const login = entry && loginOf(file.path, entry);
    if (entry && login) return concealed(login, `${printable(entry.key)} in ${file.path}`);
  }
  return undefined;
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(key.lastIndexOf('/'), 0));
}

function parse(path: string, bytes: Buffer): unknown {
  // docker reads an empty file as one without logins.
  if (bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)) return {};
  try {
    parseJson(bytes);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new AuthFileError(path, `is not valid JSON at ${positionOf(bytes, error.offset)}`, { cause: error });
  }
  return JSON.parse(bytes.toString());
}

function positionOf(bytes: Buffer, offset: number): string {
  const lines = bytes.subarray(0, offset).toString().split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

function objectOf(path: string, name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new AuthFileError(path, `${name} is not an object`);
  return { ...value };
}

function textOf(path: string, name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new AuthFileError(path, `${name} is not a string`);
  return value;
}

function helpersOf(path: string, helpers: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    byTrust(Object.keys(helpers)).map((key) => {
      return [canonicalKey(key), textOf(path, `credHelpers[${quoted(key)}]`, helpers[key])];
    }),
  );
}

function entriesOf(path: string, auths: Readonly<Record<string, unknown>>): ReadonlyMap<string, AuthEntry> {
  const entries = byTrust(Object.keys(auths)).map((key): [string, AuthEntry] => {
    return [canonicalKey(key), { key, fields: objectOf(path, `auths[${quoted(key)}]`, auths[key]) }];
  });
  // Next to a credential helper docker leaves an empty entry, which must not hide another spelling of the same key.
  return new Map(entries.filter(([, { fields }]) => Object.values(fields).some((field) => field !== '')));
}

/** Where several keys mean the same, the last one of this order holds: the plain spelling, then docker's own for Docker Hub, then the first. */
function byTrust(keys: readonly string[]): string[] {
  const trust = (key: string): number => (key === canonicalKey(key) ? 2 : key === DOCKER_HUB_KEY ? 1 : 0);
  return [...keys].reverse().sort((one, other) => trust(one) - trust(other));
}

/**
 * `registry[/path]` for a key as docker and podman have written it over the years: a URL stands for its host, whatever its path, and so
 * does the path of an API version.
 */
export function canonicalKey(key: string): string {
  const [, scheme, host = '', written = ''] = /^([a-z]+:\/\/)?([^/]*)(.*)$/is.exec(key) ?? [];
  const path = withoutFinalSlashes(written);
  const isWhole = scheme !== undefined || /^\/v[12]$/.test(path);
  return `${canonicalRegistry(host)}${isWhole ? '' : path}`;
}

function loginOf(path: string, { key, fields }: AuthEntry): Login | undefined {
  const field = (name: string): string => textOf(path, `auths[${quoted(key)}].${name}`, fields[name]);
  const identityToken = field('identitytoken');
  if (identityToken !== '') return { kind: 'identity-token', token: identityToken };
  const registryToken = field('registrytoken');
  if (registryToken !== '') return { kind: 'bearer', token: registryToken };
  const auth = field('auth');
  const [username, password] = auth === '' ? [field('username'), field('password')] : decode(path, key, auth);
  return username === '' && password === '' ? undefined : { kind: 'basic', username, password };
}

/** Undoes base64 of `username:password`. Old docker padded the password with zero bytes. */
function decode(path: string, key: string, auth: string): [username: string, password: string] {
  const text = isBase64(auth) ? decodeUtf8(Buffer.from(auth, 'base64')) : undefined;
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0) {
    throw new AuthFileError(path, `auths[${quoted(key)}].auth is not base64 of username:password; log in again`);
  }
  return [text.slice(0, colon), text.slice(colon + 1).replace(/^\0+|(?<!\0)\0+$/g, '')];
}

/** Node's own decoder skips what is not base64. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function quoted(key: string): string {
  return JSON.stringify(printable(key, 100));
}

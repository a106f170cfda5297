import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { heavyWorkNext } from '../../concurrency/heavy-work.js';
import { printable } from '../../errors.js';
import { configFolder, type Environment } from '../../machine/environment.js';
import { isMissing, readProblem } from '../../machine/file-errors.js';
import { CONFIGURATION_LIMIT, readTextFile } from '../../machine/regular-file.js';
import { parseRegistryTables, RegistriesConfError, type RegistryTable } from './registry-tables.js';

/** Where registries.conf and its drop-in folders are. */
export interface RegistriesConfOptions {
  readonly environment: Environment;
  readonly home: string;
  /** `/etc/containers` when absent. */
  readonly systemFolder?: string;
}

/**
 * The registries that are configured for podman and skopeo: the user's registries.conf, else the system's, then the drop-in folders, in
 * which a table replaces the one with the same prefix (containers-registries.conf.d(5)). A file that CONTAINERS_REGISTRIES_CONF names is
 * read alone. Throws a RegistriesConfError.
 */
export async function readRegistriesConf(options: RegistriesConfOptions): Promise<RegistryTable[]> {
  const named = options.environment['CONTAINERS_REGISTRIES_CONF'] || undefined;
  const tables = named === undefined ? await readConfigured(options) : await readNamed(named);
  return [...new Map(tables.map((table) => [table.prefix, table])).values()];
}

async function readNamed(file: string): Promise<RegistryTable[]> {
  const tables = await readConf(file);
  if (!tables) throw new RegistriesConfError(file, 'does not exist; check what CONTAINERS_REGISTRIES_CONF names');
  return tables;
}

async function readConfigured({ environment, home, systemFolder = '/etc/containers' }: RegistriesConfOptions) {
  const userFolder = join(configFolder(environment, home), 'containers');
  // All are read at once; but an error in the system's files counts only when the user has no file.
  const ofSystem = Promise.all([readConf(join(systemFolder, 'registries.conf')), readDropIns(systemFolder)]);
  ofSystem.catch(() => undefined);
  const [ofUser, dropIns] = await Promise.all([readConf(join(userFolder, 'registries.conf')), readDropIns(userFolder)]);
  if (ofUser) return [...ofUser, ...dropIns];
  const [main = [], systemDropIns] = await ofSystem;
  return [...main, ...systemDropIns, ...dropIns];
}

async function readDropIns(folder: string): Promise<RegistryTable[]> {
  const path = join(folder, 'registries.conf.d');
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    if (isMissing(cause)) return [];
    throw new RegistriesConfError(path, 'the folder cannot be read; check its permissions', { cause });
  });
  const files = entries.filter((entry) => entry.name.endsWith('.conf') && !entry.isDirectory()).map(({ name }) => name);
  const tables = await Promise.all(files.sort().map((name) => readConf(join(path, name))));
  return tables.flatMap((found) => found ?? []);
}

/** Comments and short names of images, which is all that most distributions ship, do not matter here, and parsing them takes 5 ms. */
function hasMoreThanAliases(text: string): boolean {
  return text.split('\n').some((line) => !COMMENT_OR_ALIAS.test(line.trim()));
}

const COMMENT_OR_ALIAS = /^(?:#.*|\[aliases\]|"[^"\\]*"\s*=\s*"[^"\\]*")?$/;

async function readConf(file: string): Promise<RegistryTable[] | undefined> {
  const text = await readTextFile(file, CONFIGURATION_LIMIT).catch((cause: unknown) => {
    if (isMissing(cause)) return undefined;
    throw new RegistriesConfError(file, readProblem(cause), { cause });
  });
  if (text === undefined) return undefined;
  if (!hasMoreThanAliases(text)) return [];
  const { parse, TomlError } = await import('smol-toml');
  try {
    return await heavyWorkNext(undefined, () => parseRegistryTables(parse(text), file));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The message continues with an excerpt of the file.
    const [problem = ''] = error.message.replace('Invalid TOML document: ', '').split('\n');
    const where = `line ${error.line}, column ${error.column}`;
    throw new RegistriesConfError(file, `is not valid TOML at ${where}: ${printable(problem)}`, { cause: error });
  }
}

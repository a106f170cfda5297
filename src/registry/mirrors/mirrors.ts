import { PullpinError, printable } from '../../errors.js';
import { formatRepository, type RepositoryName, splitName } from '../../oci/reference.js';
import type { AskedBy, Endpoint } from './endpoint.js';
import { type MirrorTable, RegistriesConfError, type RegistryTable } from './registry-tables.js';

/** Where a repository is read, in the order in which to try; the last is the registry itself or what replaces it. Throws a BlockedError. */
export type FindEndpoints = (name: RepositoryName, by: AskedBy) => readonly Endpoint[];

/** A registries.conf forbids to pull an image. */
export class BlockedError extends PullpinError {
  constructor(
    readonly repository: RepositoryName,
    readonly table: RegistryTable,
  ) {
    const image = formatRepository(repository);
    super(`${image} is blocked: ${printable(table.file)} sets blocked = true for '${printable(table.prefix)}'`);
  }
}

/** Which mirrors there are, and which of them may answer for a tag. */
export interface MirrorsOptions {
  /** What registries.conf says. */
  readonly tables?: readonly RegistryTable[];
  /** From --registry-map: each takes the place of the table with its prefix. */
  readonly replacements?: readonly RegistryTable[];
  /**
   * Lets every mirror answer for tags, not only those for which registries.conf allows it. A mirror may keep a tag that
   * has moved since; a digest is the same everywhere.
   */
  readonly tagsFromMirrors?: boolean;
}

/** Redirects look-ups as containers-registries.conf(5) says: the table with the longest prefix holds, its mirrors come before its location. */
export function createMirrors({
  tables = [],
  replacements = [],
  tagsFromMirrors = false,
}: MirrorsOptions): FindEndpoints {
  const byPrefix = new Map([...tables, ...replacements].map((table) => [table.prefix, table]));
  const longestFirst = [...byPrefix.values()].sort((one, other) => other.prefix.length - one.prefix.length);
  return (name, by) => {
    const full = formatRepository(name);
    refuseNarrowPrefix(longestFirst, full);
    const table = longestFirst.find(({ prefix }) => matchLength(full, prefix) > 0);
    if (!table) return [{ ...name, mirror: false, insecure: false }];
    if (table.blocked) throw new BlockedError(name, table);
    const rest = full.slice(matchLength(full, table.prefix));
    const mirrors = table.mirrors.filter((mirror) => answers(mirror, by, tagsFromMirrors));
    const own = table.location === undefined ? full : `${table.location}${rest}`;
    return [
      ...mirrors.map(({ location, insecure }) => ({ ...splitName(`${location}${rest}`), mirror: true, insecure })),
      { ...splitName(own), mirror: false, insecure: table.insecure },
    ];
  };
}

/** How many characters of a repository's name a prefix covers; 0 when it does not match. It ends where a part of the name ends. */
function matchLength(name: string, prefix: string): number {
  if (!prefix.startsWith('*.')) return name === prefix || name.startsWith(`${prefix}/`) ? prefix.length : 0;
  const [host = ''] = /^(\[[^\]]*\]|[^:/]*)/.exec(name) ?? [];
  return host.endsWith(prefix.slice(1)) ? host.length : 0;
}

function answers({ pulls }: MirrorTable, by: AskedBy, tagsFromMirrors: boolean): boolean {
  if (by === 'tag') return pulls === 'all' || pulls === 'tag-only' || (pulls === undefined && tagsFromMirrors);
  return pulls !== 'tag-only';
}

/** Ignoring a table for one tag or digest of the repository could pull an image that it blocks. */
function refuseNarrowPrefix(tables: readonly RegistryTable[], name: string): void {
  const table = tables.find(({ prefix }) => prefix.startsWith(`${name}:`) || prefix.startsWith(`${name}@`));
  if (!table) return;
  const problem = `the prefix '${printable(table.prefix)}' names a tag or a digest, which pullpin does not support`;
  throw new RegistriesConfError(table.file, `${problem}; name the repository or something above it`);
}

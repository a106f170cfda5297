import { PullpinError, printable } from '../../errors.js';
import { parseReference, withoutFinalSlashes } from '../../oci/reference.js';

/** A registries.conf cannot be used. */
export class RegistriesConfError extends PullpinError {
  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${printable(file)}: ${problem}`, options);
  }
}

/** A `[[registry]]` of containers-registries.conf(5), its defaults filled in. */
export interface RegistryTable {
  /** `host[:port][/path]`, perhaps with `:tag` or `@digest`, or `*.domain` for every host below a domain. */
  readonly prefix: string;
  /** What replaces the prefix; undefined when names stay as they are. */
  readonly location: string | undefined;
  readonly insecure: boolean;
  readonly blocked: boolean;
  readonly mirrors: readonly MirrorTable[];
  /** The file that says so, for messages. */
  readonly file: string;
}

/** A `[[registry.mirror]]`. */
export interface MirrorTable {
  readonly location: string;
  readonly insecure: boolean;
  /** What it may be asked for; undefined when the file does not say. */
  readonly pulls: 'all' | 'digest-only' | 'tag-only' | undefined;
}

/**
 * Reads the registries of a registries.conf, version 2. Of tables with the same prefix the first holds. Throws a RegistriesConfError for
 * what podman and skopeo would refuse, too, and for version 1.
 */
export function parseRegistryTables(root: unknown, file: string): RegistryTable[] {
  const conf = new Table(file, 'the file', root);
  refuseVersion1(conf);
  const tables = conf.tables('registry').map(parseTable);
  refuseConflicts(tables);
  const byPrefix = new Map<string, RegistryTable>();
  for (const table of tables) if (!byPrefix.has(table.prefix)) byPrefix.set(table.prefix, table);
  return [...byPrefix.values()];
}

function refuseVersion1(conf: Table): void {
  const old = conf.table('registries');
  if (['search', 'insecure', 'block'].some((list) => !old.table(list).isEmpty('registries'))) {
    throw conf.error('is in version 1 of the format, with [registries.search]; rewrite it with [[registry]] tables');
  }
}

function parseTable(table: Table): RegistryTable {
  const written = table.location('location');
  const prefix = table.location('prefix') ?? written;
  if (prefix === undefined) throw table.error('has neither a prefix nor a location');
  const isWildcard = prefix.startsWith('*.');
  if (isWildcard && /[/@:]/.test(prefix)) {
    throw table.error(`the prefix '${printable(prefix)}' has a wildcard; nothing but *.domain is allowed then`);
  }
  if (written === undefined && !isWildcard) throw table.error(`'${printable(prefix)}' has no location`);
  if (!table.isEmpty('pull-from-mirror')) throw table.error('pull-from-mirror belongs in a [[registry.mirror]] table');
  const byDigestOnly = table.flag('mirror-by-digest-only');
  return {
    prefix,
    location: written,
    insecure: table.flag('insecure'),
    blocked: table.flag('blocked'),
    mirrors: table.tables('mirror').map((mirror) => parseMirror(mirror, byDigestOnly)),
    file: table.file,
  };
}

function parseMirror(table: Table, byDigestOnly: boolean): MirrorTable {
  const location = table.location('location');
  if (location === undefined) throw table.error('has no location');
  const pulls = table.text('pull-from-mirror');
  if (pulls !== undefined && byDigestOnly) {
    throw table.error('sets pull-from-mirror under a registry with mirror-by-digest-only; keep one of the two');
  }
  if (pulls !== undefined && pulls !== 'all' && pulls !== 'digest-only' && pulls !== 'tag-only') {
    throw table.error(`pull-from-mirror is '${printable(pulls)}'; write all, digest-only or tag-only`);
  }
  return { location, insecure: table.flag('insecure'), pulls: byDigestOnly ? 'digest-only' : pulls };
}

/** One location cannot be secure under one prefix and insecure under another. */
function refuseConflicts(tables: readonly RegistryTable[]): void {
  const byLocation = new Map<string, RegistryTable>();
  for (const table of tables) {
    const place = table.location ?? table.prefix;
    const first = byLocation.get(place) ?? table;
    byLocation.set(place, first);
    const field =
      first.insecure !== table.insecure ? 'insecure' : first.blocked !== table.blocked ? 'blocked' : undefined;
    if (field === undefined) continue;
    throw new RegistriesConfError(
      table.file,
      `'${printable(place)}' is given twice, with different values of ${field}`,
    );
  }
}

/**
 * Whether a text is `host[:port][/path]`, perhaps with `:tag` or `@digest`, or `*.domain`. The host must be one that cannot be taken for
 * a part of Docker Hub's names, as in an image's name.
 */
export function isLocation(text: string): boolean {
  if (text.startsWith('*.')) return true;
  const [host = ''] = text.split('/');
  if (!/[.:[]|^localhost$/.test(host)) return false;
  try {
    parseReference(text.includes('/') ? text : `${text}/repository`);
    return true;
  } catch (error) {
    if (error instanceof PullpinError) return false;
    throw error;
  }
}

/** A TOML table that knows where it is, and reads its values by type. */
class Table {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(
    readonly file: string,
    private readonly name: string,
    value: unknown,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.error('is not a table');
    this.#values = new Map(Object.entries(value));
  }

  error(problem: string): RegistriesConfError {
    return new RegistriesConfError(this.file, this.name === 'the file' ? problem : `${this.name} ${problem}`);
  }

  isEmpty(key: string): boolean {
    const value = this.#values.get(key);
    return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  }

  text(key: string): string | undefined {
    const value = this.#values.get(key);
    if (value !== undefined && typeof value !== 'string') throw this.error(`${key} is not a string`);
    return value === '' ? undefined : value;
  }

  flag(key: string): boolean {
    const value = this.#values.get(key) ?? false;
    if (typeof value !== 'boolean') throw this.error(`${key} is neither true nor false`);
    return value;
  }

  /** `host[:port][/path]` without slashes at its end. */
  location(key: string): string | undefined {
    const written = this.text(key);
    if (written === undefined) return undefined;
    const text = withoutFinalSlashes(written);
    if (text.includes('://')) throw this.error(`the ${key} '${printable(text)}' is a URL; omit the scheme`);
    if (!isLocation(text)) throw this.error(`the ${key} '${printable(text)}' is not host[:port][/path]`);
    return text;
  }

  table(key: string): Table {
    return new Table(this.file, key, this.#values.get(key) ?? {});
  }

  tables(key: string): Table[] {
    const value: unknown = this.#values.get(key) ?? [];
    if (!Array.isArray(value)) throw this.error(`${key} is not an array of tables; write [[${key}]]`);
    return value.map((item, index) => new Table(this.file, `[[${key}]] number ${index + 1}`, item));
  }
}

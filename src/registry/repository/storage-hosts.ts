import { oncePerKey } from '../../concurrency/once-per-key.js';

/** Where the storage of registries is kept between runs, by text keys. */
export interface StorageCache {
  get(key: string): string | undefined;
  set(key: string, origin: string): void;
}

/**
 * The storage that registries redirect to, so that a connection can be opened before the redirect comes. Nothing is sent there, or believed of it,
 * until the registry redirects in this run, too.
 */
export class StorageHosts {
  private readonly known = oncePerKey((registry: string) => ({
    origin: parseOrigin(this.cache?.get(keyOf(registry))),
  }));

  constructor(private readonly cache: StorageCache | undefined) {}

  /** The origin that a registry, an origin too, redirected to before. */
  get(registry: string): URL | undefined {
    return this.known(registry).origin;
  }

  /** A registry redirected to storage. */
  learn(registry: string, { origin, protocol }: URL): void {
    const known = this.known(registry);
    if (protocol !== 'https:' || known.origin?.origin === origin) return;
    known.origin = new URL(origin);
    this.cache?.set(keyOf(registry), origin);
  }
}

function keyOf(registry: string): string {
  return `storage of ${registry}`;
}

function parseOrigin(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : undefined;
}

import { printable, UsageError } from '../errors.js';
import type { Machine } from '../machine/machine.js';
import type { ConnectSettings } from '../registry/connect-settings.js';
import { connectStore } from '../registry/connect-store.js';
import type { RegistryEvent } from '../registry/http/events.js';
import { isLoopback } from '../registry/http/private-address.js';
import type { SharedAddress } from './address.js';
import type { KeyText } from './entries/key-text.js';
import { TrustedKeys } from './entries/keys.js';
import { isReadByAll, readSigner } from './secret-file.js';
import { SharedCache, type SharedCacheOptions } from './shared-cache.js';
import type { EntryStore } from './stores/entry-store.js';
import { openFolderStore } from './stores/folder-store.js';
import { openRegistryStore } from './stores/registry-store.js';
import { openWebStore } from './stores/web-store.js';

/** Which shared cache is used, and whom it is believed from. */
export interface OpenSharedCache extends Pick<SharedCacheOptions, 'warn' | 'detail' | 'signal' | 'samplePercent'> {
  readonly address: SharedAddress;
  readonly keys: readonly KeyText[];
  /** An absolute path. */
  readonly secretFile: string | undefined;
  /** How its server is reached. */
  readonly connection: Pick<ConnectSettings, 'authfile' | 'caFile' | 'insecure'>;
}

/** Opens a shared cache; nothing is asked yet. Who writes also believes the own key. Throws a UsageError for a secret key that cannot be used. */
export async function openSharedCache(machine: Machine, options: OpenSharedCache): Promise<SharedCache> {
  const { address, keys, secretFile } = options;
  checkPlainHttp(options);
  const signer = secretFile === undefined ? undefined : await readSigner(secretFile, '--shared-cache-write ');
  if (secretFile !== undefined && (await isReadByAll(secretFile)))
    options.warn(`--shared-cache-write ${printable(secretFile)}: all users of this machine can read it; run chmod 600`);
  return new SharedCache({
    ...options,
    place: address.shown,
    keys: new TrustedKeys(signer ? [...keys, signer.publicKey] : keys),
    signer,
    open: () => openStore(machine, options),
  });
}

/** In plain HTTP everybody on the way sees what is asked, and the login. */
function checkPlainHttp({ address, connection }: OpenSharedCache): void {
  if (address.kind !== 'web' || address.url.protocol === 'https:') return;
  const { host, hostname } = address.url;
  if (isLoopback(hostname) || connection.insecure?.includes(host)) return;
  throw new UsageError(
    `--shared-cache ${address.shown}: plain HTTP is for this machine only; write https://, or add --insecure ${printable(host)}`,
  );
}

async function openStore(
  machine: Machine,
  { address, connection, signal, detail }: OpenSharedCache,
): Promise<EntryStore> {
  if (address.kind === 'folder') return openFolderStore(address.folder);
  const log = (event: RegistryEvent): void => {
    if (event.type === 'request') detail(`${event.method} ${event.url} → ${event.status} in ${event.milliseconds} ms`);
    else detail(event.type === 'retry' ? `${event.url}: ${event.reason}; again` : event.message);
  };
  const connections = await connectStore(machine, { ...connection, signal, log });
  return address.kind === 'web'
    ? openWebStore(address.url, connections)
    : openRegistryStore(address.repository, connections);
}

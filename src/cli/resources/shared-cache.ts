import { resolve } from 'node:path';
import type { Cache } from '../../cache/cache.js';
import type { SharedAnswers } from '../../cache/shared-answers.js';
import { UsageError } from '../../errors.js';
import type { SharedCacheSettings } from '../options/downloads.js';
import type { CacheSettings, RegistryOptionSettings } from '../options/registries.js';
import type { Context } from '../terminal/context.js';
import type { Report } from '../terminal/report.js';
import { openRunCache } from './cache.js';

/** The settings of a command that may ask a shared cache. */
export interface SharingRun {
  readonly cache: CacheSettings;
  readonly sharedCache?: SharedCacheSettings | undefined;
  readonly registries: RegistryOptionSettings;
}

/**
 * Opens the cache of this machine, with that of other machines behind it where the user names one. Nothing is asked yet; who closes the registries of
 * the run closes it, too. Throws a UsageError for a secret key that cannot be used.
 */
export async function openSharingCache(
  settings: SharingRun,
  context: Context,
  report: Report,
): Promise<Cache | undefined> {
  return openRunCache(settings.cache, context, report, await openShared(settings, context, report));
}

async function openShared(
  { cache, sharedCache, registries }: SharingRun,
  context: Context,
  report: Report,
): Promise<SharedAnswers | undefined> {
  if (!sharedCache) return undefined;
  const { address, keys, secretFile, typed } = sharedCache;
  if (!address && typed !== undefined) throw new UsageError(`--${typed} needs --shared-cache URL`);
  if (address && keys.length === 0 && secretFile === undefined)
    throw new UsageError(
      `the shared cache ${address.shown} needs --shared-cache-key NAME:BASE64: without a trusted key, nothing there would be believed`,
    );
  if (!address || !cache.isUsed) return undefined;
  const { openSharedCache } = await import('../../shared-cache/open-shared-cache.js');
  const { authfile, caFile, insecure } = registries;
  return openSharedCache(context, {
    ...sharedCache,
    address,
    secretFile: secretFile === undefined ? undefined : resolve(context.folder, secretFile),
    connection: { authfile, caFile, insecure },
    warn: (message) => report.warning(message),
    detail: (message) => report.detail(message),
    signal: context.signal,
  });
}

import { resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import type { HashBackend } from '../../prefetch/targets/backend.js';
import type { BackendChoice } from '../options/downloads.js';
import type { RegistryOptionSettings } from '../options/registries.js';
import type { Context } from '../terminal/context.js';

/**
 * The program that computes hashes beside pullpin, or in its place; undefined when there is none. Throws a UsageError for settings that skopeo does not
 * know, and a SkopeoError before any download when skopeo is missing or too old.
 */
export async function openBackend(
  choice: BackendChoice,
  { authfile, caFile, registryMap, readsCredentials }: RegistryOptionSettings,
  context: Context,
): Promise<HashBackend | undefined> {
  if (choice === 'pullpin') return undefined;
  const option = choice === 'both' ? '--verify' : '--backend skopeo';
  if (registryMap.length > 0)
    throw new UsageError(`${option} runs skopeo, which knows no --registry-map: write a mirror into registries.conf`);
  if (readsCredentials)
    throw new UsageError(
      `${option} runs skopeo, which gets no password from --creds-stdin: run skopeo login, or write --authfile`,
    );
  const { openSkopeo } = await import('../../prefetch/backends/skopeo.js');
  return openSkopeo({
    ...context,
    authfile: authfile === undefined ? undefined : resolve(context.folder, authfile),
    caFile: caFile === undefined ? undefined : resolve(context.folder, caFile),
    isCompared: choice === 'both',
  });
}

import type { RegistryEvent } from '../../registry/client.js';
import type { ConnectedRegistries } from '../../registry/connect.js';
import { type RegistryOptions, wholeNumber } from '../options/options.js';
import type { Context } from '../terminal/context.js';
import type { Report } from '../terminal/report.js';
import { readStdin } from '../terminal/stdin.js';
import { challengeCache, openCache } from './cache.js';

/** Makes the client that a command asks registries with, from its options, the environment and the files that docker and podman share. */
export async function openRegistries(
  options: RegistryOptions,
  /** The registries that the command line names. */
  registries: readonly string[],
  context: Context,
  report: Report,
  onEvent: (event: RegistryEvent) => void = () => {},
): Promise<ConnectedRegistries> {
  await holdOptimiserBack();
  const { connectRegistries } = await import('../../registry/connect.js');
  const retries = wholeNumber('retries', options.retries, 0, 20);
  const cache = await openCache(options, context);
  const concurrency = wholeNumber('concurrency', options.concurrency, 1, 64);
  return connectRegistries(context, {
    registries,
    credentialsText: options['creds-stdin']
      ? await readStdin(context, MAX_CREDENTIALS, 'USERNAME:PASSWORD')
      : undefined,
    credentialsRegistry: options['creds-registry'],
    authfile: options.authfile,
    caFile: options['ca-file'],
    insecure: options.insecure ?? [],
    registryMap: options['registry-map'] ?? [],
    tagsFromMirrors: options['tags-from-mirrors'] ?? false,
    retries,
    concurrency,
    challengeCache: cache && challengeCache(cache),
    signal: context.signal,
    log: (event) => {
      onEvent(event);
      tell(event, report);
    },
  });
}

/** A run is over before optimised code pays: a program that is done would wait for V8 to finish optimising undici's parser. */
async function holdOptimiserBack(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--wasm-tiering-budget=1000000000');
}

function tell(event: RegistryEvent, report: Report): void {
  if (event.type === 'warning') report.warning(event.message);
  else if (event.type === 'retry')
    report.detail(`${event.url}: ${event.reason}; again in ${(event.milliseconds / 1000).toFixed(1)} s`);
  else report.detail(`${event.method} ${event.url} → ${event.status} in ${event.milliseconds.toFixed(0)} ms`);
}

const MAX_CREDENTIALS = 64 * 1024;

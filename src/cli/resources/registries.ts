import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Cache } from '../../cache/cache.js';
import { printable, UsageError } from '../../errors.js';
import { isMissing, readProblem } from '../../machine/file-errors.js';
import type { RegistryEvent } from '../../registry/client.js';
import type { ConnectedRegistries } from '../../registry/connect.js';
import type { RegistryOptionSettings } from '../options/registries.js';
import type { Context } from '../terminal/context.js';
import type { Report } from '../terminal/report.js';
import { readStdin } from '../terminal/stdin.js';

/** What a client of registries needs besides the user's settings. */
export interface RegistryRun {
  /** The registries that the command line names. */
  readonly registries: readonly string[];
  readonly cache: Cache | undefined;
  readonly report: Report;
  readonly onEvent?: (event: RegistryEvent) => void;
}

/**
 * Makes the client for registries, from the settings of a command, the environment and the files of docker and podman. To close it also closes what the
 * cache shares with other machines.
 */
export async function openRegistries(
  settings: RegistryOptionSettings,
  { registries, cache, report, onEvent = () => {} }: RegistryRun,
  context: Context,
): Promise<ConnectedRegistries> {
  const { connectRegistries } = await import('../../registry/connect.js');
  const { readsCredentials, ...chosen } = settings;
  await checkFile('authfile', settings.authfile, '; podman login --authfile FILE writes one', context);
  await checkFile('ca-file', settings.caFile, '', context);
  const connected = await connectRegistries(context, {
    ...chosen,
    registries,
    credentialsText: readsCredentials ? await readStdin(context, MAX_CREDENTIALS, 'USERNAME:PASSWORD') : undefined,
    cache,
    signal: context.signal,
    log: (event) => {
      onEvent(event);
      reportEvent(event, report);
    },
  });
  return { ...connected, close: async () => void (await Promise.all([connected.close(), cache?.shared?.close()])) };
}

/** The registries as a build reaches them: without the logins, mirrors and certificates of this machine. */
export async function openBareRegistries(
  { retries }: RegistryOptionSettings,
  { report, onEvent = () => {} }: RegistryRun,
  context: Context,
): Promise<ConnectedRegistries> {
  const { connectRegistries } = await import('../../registry/connect.js');
  const log = (event: RegistryEvent): void => {
    onEvent(event);
    reportEvent(event, report);
  };
  return connectRegistries(context, { bare: true, retries, signal: context.signal, log });
}

/** A file that was named and cannot be read must not be ignored only because no registry needs it. Throws a UsageError. */
async function checkFile(option: string, file: string | undefined, hint: string, { folder }: Context): Promise<void> {
  if (file === undefined) return;
  const found = await stat(resolve(folder, file)).catch((cause: unknown) => {
    const problem = isMissing(cause) ? `there is no such file${hint}` : readProblem(cause);
    throw new UsageError(`--${option} ${printable(file)}: ${problem}`, { cause });
  });
  if (found.isDirectory()) throw new UsageError(`--${option} ${printable(file)}: is a folder; name a file`);
}

function reportEvent(event: RegistryEvent, report: Report): void {
  if (event.type === 'warning') report.warning(event.message);
  else if (event.type === 'retry')
    report.detail(`${event.url}: ${event.reason}; again in ${(event.milliseconds / 1000).toFixed(1)} s`);
  else report.detail(`${event.method} ${event.url} → ${event.status} in ${event.milliseconds.toFixed(0)} ms`);
}

const MAX_CREDENTIALS = 64 * 1024;

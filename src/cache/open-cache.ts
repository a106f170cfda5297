import { isAbsolute, join } from 'node:path';
import { fromProcess, type Machine } from '../machine/machine.js';
import { Cache, type CacheOptions } from './cache.js';

/** What earlier runs found out, in the user's own folder; that of this process when the machine is omitted. Open one for a whole run. */
export function openCache(machine: Machine = fromProcess(), options: Omit<CacheOptions, 'uid'> = {}): Cache {
  return new Cache(cacheFolder(machine), { ...options, uid: machine.uid });
}

/** The folder in which pullpin keeps what it found out, by the XDG base directory specification. */
export function cacheFolder({ environment, home }: Pick<Machine, 'environment' | 'home'>): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base && isAbsolute(base) ? base : join(home, '.cache'), 'pullpin');
}

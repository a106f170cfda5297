import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { SITE_ADDRESS } from './tls-site.js';

/** Whether this process is in a network namespace where the servers of the benchmark can listen. */
export function hasSiteAddress(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === SITE_ADDRESS),
  );
}

/**
 * Runs this program once more, in a network namespace of its own in which the address of the benchmark is there; nothing of it is left behind.
 * Returns its exit code, or undefined where the system does not allow it.
 */
export function inOwnNetwork(): number | undefined {
  const script = `ip link set lo up && ip addr add ${SITE_ADDRESS}/32 dev lo && exec "$@"`;
  const unshare = ['--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];
  if (spawnSync('unshare', [...unshare, 'sh', '-c', script, 'sh', 'true']).status !== 0) return undefined;
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return spawnSync('unshare', [...unshare, 'sh', '-c', script, 'sh', ...again], { stdio: 'inherit' }).status ?? 1;
}

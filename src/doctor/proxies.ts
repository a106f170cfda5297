import { exists } from '../files/roots.js';
import type { Machine } from '../machine/machine.js';
import { type Answer, answer } from './answer.js';

const VARIABLES = [
  'https_proxy',
  'http_proxy',
  'no_proxy',
  'all_proxy',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
];
const DAEMON = '/nix/var/nix/daemon-socket/socket';

/** Whether a build gets the proxies of this user: pullImage passes these variables on, and a daemon has its own environment. */
export async function checkProxies({ environment, uid }: Pick<Machine, 'environment' | 'uid'>): Promise<Answer[]> {
  const set = VARIABLES.filter((name) => environment[name]);
  if (set.length === 0) return [answer('proxies', 'ok', 'no proxy is set')];
  const isDaemon = environment['NIX_REMOTE']?.startsWith('daemon') || (uid !== 0 && (await exists(DAEMON)));
  if (!isDaemon) return [answer('proxies', 'ok', `a build gets ${set.join(', ')} from you`)];
  const message = `${set.join(', ')}: your proxies are not those of the Nix daemon, which starts the builds`;
  const lines = set.map((name) => `nix-daemon.service: Environment=${name}=…`);
  return [answer('proxies', 'warning', message, [...lines, 'NixOS: networking.proxy.default = "…";'])];
}

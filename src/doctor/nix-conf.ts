import type { Machine } from '../machine/machine.js';
import type { NixSettings } from '../nix-store/nix-settings.js';
import { type Answer, answer } from './answer.js';

/** What the settings of Nix mean for builds that download images. */
export function checkNixConf(
  settings: NixSettings,
  { environment, uid }: Pick<Machine, 'environment' | 'uid'>,
): Answer[] {
  return [
    sandbox(settings),
    trustedUser(settings, environment['USER'] ?? environment['LOGNAME'], uid),
    netrc(settings),
  ];
}

function sandbox(settings: NixSettings): Answer {
  const value = settings.get('sandbox');
  return value === false
    ? answer('sandbox', 'ok', 'builds are not sandboxed')
    : answer(
        'sandbox',
        'ok',
        'builds are sandboxed: an image is downloaded with the network, and without your home, logins and variables',
      );
}

function trustedUser(settings: NixSettings, user: string | undefined, uid: number | undefined): Answer {
  const trusted = listOf(settings.get('trusted-users'));
  const isTrusted = uid === 0 || trusted.includes('*') || (user !== undefined && trusted.includes(user));
  if (isTrusted) return answer('trusted-user', 'ok', 'Nix takes settings from you');
  const groups = trusted.filter((name) => name.startsWith('@'));
  const unless = groups.length > 0 ? `, unless you are in ${groups.join(' or ')}` : '';
  const message = `Nix ignores settings of your own nix.conf and command line, such as netrc-file${unless}: write those into /etc/nix/nix.conf`;
  return answer(
    'trusted-user',
    'warning',
    message,
    user === undefined ? [] : [`/etc/nix/nix.conf: extra-trusted-users = ${user}`],
  );
}

/** Nix's own downloads read this file. skopeo, which pullImage runs, does not. */
function netrc(settings: NixSettings): Answer {
  const file = settings.get('netrc-file');
  const name = typeof file === 'string' ? file : 'netrc-file';
  return answer(
    'netrc-file',
    'ok',
    `${name} is for Nix's own downloads and binary caches; skopeo in pullImage does not read it`,
  );
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

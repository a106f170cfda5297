import { firstOf, printable } from '../errors.js';
import type { Machine } from '../machine/machine.js';
import { listLogins } from '../registry/credentials/list-logins.js';
import { type Answer, answer } from './answer.js';

/** So many are named; a message is one line. */
const MOST_NAMED = 12;

/**
 * For which registries this user has logins. A build has none of them: Nix runs skopeo with a home folder that does not exist, and
 * without REGISTRY_AUTH_FILE and DOCKER_CONFIG.
 */
export async function checkLogins(machine: Machine, authfile: string | undefined): Promise<Answer[]> {
  const { logins, problems } = await listLogins({ ...machine, authfile });
  const unread = problems.map((problem) => answer('logins', 'warning', problem));
  if (logins.length === 0)
    return [
      ...unread,
      ...(unread.length > 0 ? [] : [answer('logins', 'ok', 'you have no logins, and a build has none')]),
    ];
  const names = logins.map(({ name, source }) => `${printable(name, 100)} (${printable(source)})`);
  const message = `you have logins for ${firstOf(names, MOST_NAMED)}, and a build has none of them: an image that needs one is not found`;
  return [
    ...unread,
    answer('logins', 'warning', message, [
      'to see whether an image needs one: pullpin doctor IMAGE',
      'to have such images in the store: pullpin bump --store',
    ]),
  ];
}

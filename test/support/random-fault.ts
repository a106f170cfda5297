import type { Fault } from './faulty-server.js';
import type { Random } from './random.js';

/** A fault that strikes once, at the next request of its kind. A changed digest of a HEAD cannot be noticed, so none is changed. */
export function randomFault(random: Random): Fault {
  const on = random.pick(['HEAD', 'GET', 'manifests', 'blobs', '']);
  const cut = random.integer(0, 200_000);
  const fault: Fault = random.pick<Fault>([
    { reset: true },
    { cutAfter: cut },
    { cutAfter: cut },
    { stallAfter: cut },
    { delay: random.integer(1, 50) },
    { delay: Number.POSITIVE_INFINITY },
    { status: random.pick([408, 429, 500, 502, 503, 504]) },
    { status: 429, headers: { 'retry-after': '0' } },
    { untilClose: true },
    { headers: { etag: '"other"' } },
    { status: 401 },
  ]);
  const isRare = random.chance(0.02);
  return { on, times: 1, after: random.integer(0, 3), ...(isRare ? { corrupt: true } : fault) };
}

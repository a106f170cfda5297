import type { PinHash } from '../nix/find/pin-site.js';
import { formatHash } from '../nix/literals/hash.js';
import type { Digest } from '../oci/digest.js';

/** A new hash in the form in which the old one is written, or else as SRI. */
export function hashText({ written }: Pick<PinHash, 'written'>, sha256: Digest): string {
  const { format = 'sri', prefixed = false } = written ?? {};
  const bare = format === 'base64' ? formatHash(sha256, 'sri').slice('sha256-'.length) : formatHash(sha256, format);
  return `${prefixed ? 'sha256:' : ''}${bare}`;
}

import { PullpinError } from '../../errors.js';
import { rewrite } from '../../nix/edit/edit.js';
import type { PinHash, PinSite } from '../../nix/find/pin-site.js';
import { formatHash, parseHash } from '../../nix/literals/hash.js';
import { bumpAdvice, bumpCommand, type Finding, findingAt } from '../findings/finding.js';

/** What can be said of a hash as it is written, without a registry; undefined where it may be right. */
export function checkWritten(
  site: PinSite,
  { attribute, value, written, isPlaceholder }: PinHash,
): Finding | undefined {
  if (value.kind !== 'text')
    return findingAt(
      site,
      'unfollowed-part',
      `${attribute} cannot be followed, so it is not checked: ${value.message}`,
    );
  if (isPlaceholder)
    return findingAt(site, 'placeholder-hash', `${attribute} is still to be filled in`, { fix: bumpOfHash(site) });
  if (!written)
    return findingAt(site, 'malformed-hash', `${attribute}: ${problemOf(value.text)}`, { fix: bumpHashes(site) });
  if (written.hash === site.imageDigest.text)
    return findingAt(
      site,
      'digest-as-hash',
      `${attribute} is the digest itself, and Nix wants the hash of the archive`,
      {
        fix: bumpHashes(site),
      },
    );
  if (!isUntyped(site, attribute, written)) return undefined;
  const sri = formatHash(written.hash, 'sri');
  const message = `hash = "${value.text}" does not say that it is a sha256`;
  return findingAt(site, 'untyped-hash', message, { fix: `write ${sri}`, edits: rewrite(value, sri) ?? [] });
}

/** The command that computes the hash of a pin anew. */
export function bumpHashes(site: PinSite): string {
  return bumpOfHash(site, bumpCommand(site).replace('bump', 'bump --hashes'));
}

/** A digest that must stay does not keep its hash from being corrected. */
function bumpOfHash(site: PinSite, command = bumpCommand(site)): string {
  return site.hold?.part === 'pin' ? bumpAdvice(site) : command;
}

function problemOf(text: string): string {
  try {
    parseHash(text);
    return 'it is not a sha256';
  } catch (error) {
    if (error instanceof PullpinError) return error.message;
    throw error;
  }
}

/** nixpkgs passes `hash` on without an algorithm, so it must name its own. Other code may give such a hash a meaning of its own. */
function isUntyped(
  { form, target, unknownFetcher }: PinSite,
  attribute: string,
  { format, prefixed }: NonNullable<PinHash['written']>,
): boolean {
  const isKnown = form === 'call' && target === 'docker-archive' && unknownFetcher === undefined;
  return isKnown && attribute === 'hash' && format !== 'sri' && !prefixed;
}

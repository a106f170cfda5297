import { tagInKey } from './images/key-as-tag.js';
import type { Assumption, PinSite } from './pin-site.js';

type Written = Pick<PinSite, 'form' | 'hashes' | 'finalImageName' | 'finalImageTag' | 'os' | 'arch'> &
  Pick<PinSite, 'target' | 'cautions' | 'unknownFetcher'>;

/** The parts of a pin's recipe that the file does not show: those that its call omits, or all parts when the call is not in sight. */
export function assumptionsOf(written: Written, isSystemNamed = false): Assumption[] {
  const { form, hashes, target, cautions = [] } = written;
  if (hashes.length === 0) return [];
  // Its layers say which image it is.
  if (form === 'layered') return namesLeftOut(written, 'fetcher-default');
  const isSeen = form === 'call';
  const fallback = isSeen ? 'fetcher-default' : 'unseen-call';
  const platformOfCall = isSystemNamed ? 'named-system' : 'machine';
  const platform = isSeen ? platformOfCall : 'unseen-call';
  return [
    ...(isSeen ? [] : [{ part: 'fetcher', why: 'unseen-call' } as const]),
    ...(written.unknownFetcher !== undefined ? [{ part: 'fetcher', why: 'unknown-fetcher' } as const] : []),
    ...(cautions.some(({ code }) => code === 'unknown-argument')
      ? [{ part: 'fetcher', why: 'unknown-argument' } as const]
      : []),
    // The folder that nix2container hashes contains neither the name nor the tag.
    ...(isSeen && target === 'nar' ? [] : namesLeftOut(written, fallback)),
    ...(written.os ? [] : [{ part: 'os', why: fallback } as const]),
    ...(written.arch ? [] : [{ part: 'arch', why: platform } as const]),
    ...(mayHaveVariants(written) ? [{ part: 'variant', why: platform } as const] : []),
  ];
}

function namesLeftOut(written: Written, why: Assumption['why']): Assumption[] {
  const names = ['finalImageName', 'finalImageTag'] as const;
  return names.filter((part) => written[part] === undefined).map((part) => ({ part, why }));
}

/** Fetchers ask for an architecture without a variant, but an index may have several variants of it: v6 and v7 of arm. */
function mayHaveVariants({ arch }: Written): boolean {
  return arch?.kind !== 'text' || arch.text === 'arm';
}

/** The tags that unseen code may pass as the final tag: most likely the pin's own `tag`, then the tag in a key `NAME:TAG`. */
export function finalTagGuesses(
  { tag, finalImageTag }: Pick<PinSite, 'tag' | 'finalImageTag'>,
  key: string | undefined,
): string[] {
  const guesses = [tag && tag !== finalImageTag ? tag.text : undefined, tagInKey(key)];
  return [...new Set(guesses.filter((guess) => guess !== undefined))];
}

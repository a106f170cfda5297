import { tagInKey } from './images/key-as-tag.js';
import type { Assumption, PinSite } from './pin-site.js';

type Written = Pick<PinSite, 'form' | 'hashes' | 'finalImageName' | 'finalImageTag' | 'os' | 'arch'> &
  Pick<PinSite, 'target' | 'cautions' | 'unknownFetcher'>;

/** What of a pin's recipe does not stand in the file: parts that its call does not give, and all that a call which is not seen may give. */
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
    // The folder of nix2container has neither name nor tag in it.
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

/** A fetcher asks for an architecture only, of which an index may have several variants: v6 and v7 of arm. */
function mayHaveVariants({ arch }: Written): boolean {
  return arch?.kind !== 'text' || arch.text === 'arm';
}

/** A pin's own `tag` is what unseen code most likely hands over as the final tag, and then the tag in a key `NAME:TAG`. */
export function finalTagGuesses(
  { tag, finalImageTag }: Pick<PinSite, 'tag' | 'finalImageTag'>,
  key: string | undefined,
): string[] {
  const guesses = [tag && tag !== finalImageTag ? tag.text : undefined, tagInKey(key)];
  return [...new Set(guesses.filter((guess) => guess !== undefined))];
}

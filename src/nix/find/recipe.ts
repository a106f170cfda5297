import { tagInKey } from './images/key-as-tag.js';
import type { Assumption, PinSite, RecipePart } from './pin-site.js';

type Written = Pick<PinSite, 'form' | 'hashes' | 'finalImageName' | 'finalImageTag' | 'os' | 'arch'> &
  Pick<PinSite, 'target' | 'cautions'>;

/** What of a pin's recipe does not stand in the file: parts that its call does not give, and all that a call which is not seen may give. */
export function assumptionsOf(written: Written, isSystemNamed = false): Assumption[] {
  const { form, hashes, target, cautions = [] } = written;
  if (hashes.length === 0) return [];
  const isSeen = form === 'call';
  const fallback = isSeen ? 'fetcher-default' : 'unseen-call';
  // The folder of nix2container has neither name nor tag in it.
  const names: readonly RecipePart[] = isSeen && target === 'nar' ? [] : ['finalImageName', 'finalImageTag'];
  const platformOfCall = isSystemNamed ? 'named-system' : 'machine';
  const platform = isSeen ? platformOfCall : 'unseen-call';
  return [
    ...(isSeen ? [] : [{ part: 'fetcher', why: 'unseen-call' } as const]),
    ...(cautions.some(({ code }) => code === 'unknown-argument')
      ? [{ part: 'fetcher', why: 'unknown-argument' } as const]
      : []),
    ...names.filter((part) => !isGiven(written, part)).map((part) => ({ part, why: fallback }) as const),
    ...(written.os ? [] : [{ part: 'os', why: fallback } as const]),
    ...(written.arch ? [] : [{ part: 'arch', why: platform } as const]),
    ...(mayHaveVariants(written) ? [{ part: 'variant', why: platform } as const] : []),
  ];
}

function isGiven(written: Written, part: RecipePart): boolean {
  return (part === 'finalImageName' || part === 'finalImageTag') && written[part] !== undefined;
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

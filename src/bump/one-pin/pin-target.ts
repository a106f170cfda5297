import { archiveName } from '../../archive/docker-archive.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import type { TextValue } from '../../nix/values/value.js';
import type { FinalNames } from '../../pin/keep-archive.js';
import type { Target } from '../../prefetch/targets/target.js';
import { SiteError } from '../site/site-error.js';
import { targetOf } from '../site/site-text.js';
import type { TrackedPin } from '../site/tracked-pin.js';

/** What the old hash is of: as it was proven, or as the pin says and its fetcher fills in. */
export function targetBefore({ site, recipe }: TrackedPin): Target {
  return recipe?.target ?? targetOf(site);
}

/** What the new hash is of: the same, unless the final tag has a literal in common with the digest, and so moves with it. */
export function targetAfter(pin: TrackedPin, digestEdits: readonly FileEdit[]): Target | undefined {
  if (pin.site.hashes.length === 0) return undefined;
  const before = targetBefore(pin);
  const { finalImageTag } = pin.site;
  if (before.type === 'nar' || finalImageTag?.kind !== 'text') return before;
  const tag = textAfter(finalImageTag, digestEdits);
  return tag === finalImageTag.text ? before : { ...before, name: archiveName(finalName(pin.site), tag) };
}

/** The name and the tag inside the archive as the pin's call hands them over; the tag is that of the new archive. */
export function finalNames(site: PinSite, target: Target): FinalNames {
  const finalImageTag = target.type === 'docker-archive' ? target.name.tag : '';
  return { finalImageName: finalName(site), finalImageTag };
}

function finalName({ imageName, finalImageName }: PinSite): string {
  return finalImageName?.kind === 'text' ? finalImageName.text : imageName.text;
}

function textAfter({ segments }: TextValue, edits: readonly FileEdit[]): string {
  return segments
    .map(({ text, origin }) => {
      const edit = edits.find(
        ({ file, start, end }) => origin && file === origin.file && start < origin.end && origin.start < end,
      );
      if (!edit || !origin) return text;
      // Digests have letters, digits and colons only, which stand in a file as they are.
      if (edit.start === origin.start && edit.end === origin.end) return edit.text;
      throw new SiteError(
        'computed',
        'its final tag is a part of its digest, so it cannot be said what becomes of it: write the tag by itself',
      );
    })
    .join('');
}

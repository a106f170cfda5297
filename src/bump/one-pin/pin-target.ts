import { archiveName } from '../../archive/docker-archive.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { overlap } from '../../nix/values/text.js';
import type { TextValue } from '../../nix/values/value.js';
import type { FinalNames } from '../../pin/keep-archive.js';
import type { Target } from '../../prefetch/targets/target.js';
import { SiteError } from '../../recipe/site-error.js';
import { targetOf } from '../../recipe/site-text.js';
import { type TrackedPin, tagMove } from '../site/tracked-pin.js';

/** The target of the old hash: as proven, or else as the pin and the defaults of its fetcher say. */
export function targetBefore({ site, recipe }: TrackedPin): Target {
  return recipe?.target ?? targetOf(site);
}

/**
 * The target of the new hash: the same as before, unless the final name or tag changes with the tag, or with the digest whose literal it shares. Throws
 * a SiteError when code that is not seen would have to change its tag.
 */
export function targetAfter(pin: TrackedPin, edits: readonly FileEdit[]): Target | undefined {
  if (pin.site.hashes.length === 0) return undefined;
  const before = targetBefore(pin);
  const { finalImageName, finalImageTag } = pin.site;
  if (before.type === 'nar') return before;
  const name = changedText(finalImageName, edits);
  const tag = changedText(finalImageTag, edits);
  if (finalImageTag?.kind !== 'text') checkUnseenTag(pin, before.name.tag);
  // What is proven may be another tag, which code that is not seen gives in place of the written one.
  const isWritten = finalImageTag?.kind === 'text' && before.name.tag === finalImageTag.text;
  const newTag = isWritten ? tag : undefined;
  if (name === undefined && newTag === undefined) return before;
  return { ...before, name: archiveName(name ?? finalName(pin.site), newTag ?? before.name.tag) };
}

/** The text of a value after some edits; undefined when they do not change it. */
function changedText(value: PinSite['finalImageTag'], edits: readonly FileEdit[]): string | undefined {
  const text = value?.kind === 'text' ? textAfter(value, edits) : undefined;
  return value?.kind === 'text' && text !== value.text ? text : undefined;
}

function checkUnseenTag(pin: TrackedPin, finalTag: string): void {
  const move = tagMove(pin);
  if (!move || !pin.recipe || finalTag !== move.from) return;
  throw new SiteError(
    'tag',
    `its tag should be ${move.to}, and code that is not among the files of this run gives ${move.from} to the fetcher: name that file as well`,
  );
}

/** The name and the tag in the archive, as the call of the pin passes them. The tag is the tag of the new archive. */
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
      const edit = origin && edits.find((each) => overlap(each, origin));
      if (!edit || !origin) return text;
      // A digest has only letters, digits and colons, so no file has to escape it.
      if (edit.start === origin.start && edit.end === origin.end) return edit.text;
      throw new SiteError(
        'computed',
        'its final name or tag is written as a part of a value that changes: give finalImageName and finalImageTag texts of their own',
      );
    })
    .join('');
}

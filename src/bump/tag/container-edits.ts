import type { FileEdit } from '../../nix/edit/edit.js';
import { rewrite } from '../../nix/edit/edit.js';
import { originKey } from '../../nix/find/distinct-sites.js';
import type { ContainerImage, PinSite } from '../../nix/find/pin-site.js';
import type { TextValue } from '../../nix/values/value.js';
import { imageSpellings } from '../../oci/reference.js';
import { SiteError } from '../../recipe/site-error.js';

/**
 * The edits of containers that run the archive of a pin: `image` beside `imageFile` must be the name and the tag inside of it, or the module pulls
 * that image from its registry. Throws a SiteError where `image` is not written in one place.
 *
 * @param edits those that move the tag of the pin
 */
export function containerEdits(
  containers: readonly ContainerImage[],
  { imageDigest, finalImageTag }: PinSite,
  move: { readonly from: string; readonly to: string },
  edits: readonly FileEdit[],
): FileEdit[] {
  if (finalImageTag?.kind !== 'text' || finalImageTag.text !== move.from || !isEdited(finalImageTag, edits)) return [];
  return containers.flatMap((container): FileEdit[] => {
    const { image, archive, file, line } = container;
    // Another pin may have the same digest and the same name, such as one of another repository.
    if (originKey(archive.digest) !== originKey(imageDigest) || archive.tag !== move.from) return [];
    const isSame = imageSpellings(archive.name).some((name) => image.text === `${name}:${move.from}`);
    if (!isSame || isEdited(image, edits)) return [];
    const moved = rewrite(image, `${image.text.slice(0, -move.from.length)}${move.to}`);
    if (moved) return moved;
    throw new SiteError(
      'tag',
      `the container at ${file}:${line} runs ${image.text}, which is not written in one place and would not change with the tag`,
    );
  });
}

/** Whether a text changes with some edits. */
function isEdited({ segments }: TextValue, edits: readonly FileEdit[]): boolean {
  return segments.some(({ origin }) =>
    edits.some(({ file, start, end }) => origin?.file === file && start < origin.end && origin.start < end),
  );
}

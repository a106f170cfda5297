import type { FollowedTag } from '../../list/follow.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { annotationsOf, type ImageFacts, VERSION_LABEL } from '../../oci/image-facts.js';
import type { ImageManifest } from '../../oci/manifest.js';
import { isTag } from '../../oci/reference.js';

/** The versions of the old and the new image of a pin, when the labels of the images give them. */
export interface Versions {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The version that an image's label gives, or else the annotation of its manifest. */
export function versionOf(image: ImageManifest, facts: ImageFacts | undefined): string | undefined {
  return facts?.labels[VERSION_LABEL] || annotationsOf(image.stored.bytes)[VERSION_LABEL] || undefined;
}

/** The edits that change a version in a comment together with the image. The comment that gives the followed tag does not change. */
export function versionEdits(site: PinSite, follows: FollowedTag | undefined, { from, to }: Versions): FileEdit[] {
  if (from === undefined || to === undefined || from === to || !isTag(to)) return [];
  const moving = site.notes.filter((note) => note !== follows?.note && note.kind !== 'directive' && note.tag === from);
  return moving.map(({ file, start, end }) => ({ file, start, end, text: to }));
}

import type { FollowedTag } from '../list/follow.js';
import type { FileEdit } from '../nix/edit/edit.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { ImageFacts } from '../oci/image-facts.js';
import { isTag } from '../oci/reference.js';

/** The version that an image's label tells (OCI image-spec, annotations.md). */
export function versionOf(facts: ImageFacts | undefined): string | undefined {
  return facts?.labels['org.opencontainers.image.version'] || undefined;
}

/** Moves a version that stands in a comment along with the image. The comment that tells the followed tag stays as it is. */
export function versionEdits(
  site: PinSite,
  follows: FollowedTag | undefined,
  from: string | undefined,
  to: string | undefined,
): FileEdit[] {
  if (from === undefined || to === undefined || from === to || !isTag(to)) return [];
  const moving = site.notes.filter((note) => note !== follows?.note && note.kind !== 'directive' && note.tag === from);
  return moving.map(({ file, start, end }) => ({ file, start, end, text: to }));
}

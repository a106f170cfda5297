import type { TagNote } from '../nix/find/notes/tag-note.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { isTag } from '../oci/reference.js';

/**
 * Why a pin follows its tag: a `# pullpin: TAG` comment; its finalImageTag, or the tag of its OCI string; the attribute key that an OCI
 * string stands under; what another comment says; or what the user said for pins without a trace.
 */
export type FollowedBy = 'directive' | 'finalImageTag' | 'tag' | 'key' | 'comment' | 'assumed';

/** The tag whose digest a pin should carry. */
export interface FollowedTag {
  readonly tag: string;
  readonly by: FollowedBy;
  /** The comment that names the tag. */
  readonly note?: TagNote;
}

/** The tag that a pin follows, the strongest sign first; undefined when nothing says so, because `latest` would be a guess. */
export function followedTag(site: PinSite, assumeTag?: string): FollowedTag | undefined {
  const directive = site.notes.find(({ kind }) => kind === 'directive');
  if (directive) return { tag: directive.tag, by: 'directive', note: directive };
  if (site.tag && isTag(site.tag.text)) return { tag: site.tag.text, by: writtenAs(site) };
  const [note] = site.notes;
  if (note) return { tag: note.tag, by: 'comment', note };
  return assumeTag === undefined ? undefined : { tag: assumeTag, by: 'assumed' };
}

function writtenAs({ form, tag }: PinSite): FollowedBy {
  if (form !== 'oci-string') return 'finalImageTag';
  return tag?.segments.some(({ origin }) => origin) ? 'tag' : 'key';
}

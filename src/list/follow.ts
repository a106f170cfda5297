import type { TagNote } from '../nix/find/notes/tag-note.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { isTag } from '../oci/reference.js';

/**
 * Why a pin follows its tag: a `# pullpin: TAG` comment; its `tag` or `imageTag`, or the tag of its OCI string; its finalImageTag; the
 * attribute key that an OCI string stands under; what another comment says; or what the user said for pins without a trace.
 */
export type FollowedBy = 'directive' | 'finalImageTag' | 'tag' | 'key' | 'comment' | 'assumed';

/** The tag whose digest a pin should carry. */
export interface FollowedTag {
  readonly tag: string;
  readonly by: FollowedBy;
  /** The comment that names the tag. */
  readonly note?: TagNote;
}

/** Two signs of one pin that name different tags, where neither is clearly out of date. */
export interface TagsApart {
  readonly command: TagNote;
  readonly finalImageTag: string;
}

/**
 * The tag that a pin follows, the strongest sign first; undefined when nothing says so, because `latest` would be a guess, and when two signs
 * are apart.
 */
export function followedTag(site: PinSite, assumeTag?: string): FollowedTag | undefined {
  const directive = site.notes.find(({ kind }) => kind === 'directive');
  if (directive) return { tag: directive.tag, by: 'directive', note: directive };
  if (tagsApart(site)) return undefined;
  const command = ownCommand(site);
  if (command) return { tag: command.tag, by: 'comment', note: command };
  if (site.tag && isTag(site.tag.text)) return { tag: site.tag.text, by: writtenAs(site) };
  const [note] = site.notes;
  if (note) return { tag: note.tag, by: 'comment', note };
  return assumeTag === undefined ? undefined : { tag: assumeTag, by: 'assumed' };
}

/**
 * A pasted command for the pin's own image and a final tag that both look like versions: either the command was pasted long ago, or the final
 * tag is a name of the user's own. A final tag that does not look like a version is such a name.
 */
export function tagsApart(site: PinSite): TagsApart | undefined {
  const command = ownCommand(site);
  if (!command || !site.tag || site.notes.some(({ kind }) => kind === 'directive')) return undefined;
  const isApart = VERSION.test(command.tag) && VERSION.test(site.tag.text);
  return isApart ? { command, finalImageTag: site.tag.text } : undefined;
}

const VERSION = /^v?\d+(\.\d+)*([.+-]|$)/;

/** A command that names this image and another tag than the final one: it says what was pulled, however the image is called here. */
function ownCommand(site: PinSite): TagNote | undefined {
  if (site.tag === undefined || site.tag !== site.finalImageTag) return undefined;
  const command = site.notes.find(({ kind, namesImage }) => kind === 'command' && namesImage);
  return command && command.tag !== site.tag.text ? command : undefined;
}

function writtenAs({ tag, finalImageTag }: PinSite): FollowedBy {
  if (tag === finalImageTag) return 'finalImageTag';
  return tag?.segments.some(({ origin }) => origin) ? 'tag' : 'key';
}

import type { TagNote } from '../nix/find/notes/tag-note.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { isTag } from '../oci/reference.js';

/**
 * Why a pin follows its tag: a `# pullpin: TAG` comment; its `tag` or `imageTag`, or the tag of its OCI string; its finalImageTag; the
 * key of an OCI string's attribute; another comment; or the tag that the user chose for pins that name none.
 */
export type FollowedBy = 'directive' | 'finalImageTag' | 'tag' | 'key' | 'comment' | 'assumed';

/** The tag whose digest a pin should have. */
export interface FollowedTag {
  readonly tag: string;
  readonly by: FollowedBy;
  /** The comment that names the tag. */
  readonly note?: TagNote;
}

/** A pin has a command and a final tag that name different tags, and neither is clearly out of date. */
export interface TagsApart {
  readonly command: TagNote;
  readonly finalImageTag: string;
}

/**
 * The tag that a pin follows, from the strongest sign. Undefined when nothing names a tag, because `latest` would be a guess, and when two signs
 * disagree.
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
 * The command and the final tag of a pin when they name different versions: either the command is old, or the final tag is a name that the user
 * chose. A final tag that does not look like a version is always such a name, so it does not count here.
 */
export function tagsApart(site: PinSite): TagsApart | undefined {
  const command = ownCommand(site);
  if (!command || !site.tag || site.notes.some(({ kind }) => kind === 'directive')) return undefined;
  const isApart = VERSION.test(command.tag) && VERSION.test(site.tag.text);
  return isApart ? { command, finalImageTag: site.tag.text } : undefined;
}

const VERSION = /^v?\d+(\.\d+)*([.+-]|$)/;

/** A command for this image with another tag than the final one: the command shows what was pulled, the final tag only names it here. */
function ownCommand(site: PinSite): TagNote | undefined {
  if (site.tag === undefined || site.tag !== site.finalImageTag) return undefined;
  const command = site.notes.find(({ kind, namesImage }) => kind === 'command' && namesImage);
  return command && command.tag !== site.tag.text ? command : undefined;
}

function writtenAs({ tag, finalImageTag }: PinSite): FollowedBy {
  if (tag === finalImageTag) return 'finalImageTag';
  return tag?.segments.some(({ origin }) => origin) ? 'tag' : 'key';
}

import { followedText, type PinForm, type PinSite, type RecipePart } from '../nix/find/pin-site.js';
import { isPlaceholderDigest } from '../oci/digest.js';
import { type FollowedBy, followedTag } from './follow.js';
import { isRuledWithoutTag, tagRuleNotes } from './tag-rule.js';

/**
 * The state of a pin, known without a registry: a `tracked` pin follows a tag; an `untracked` one names no tag; a `frozen` one
 * must stay as it is; an `incomplete` one has a placeholder for a hash or digest; the hash of an `unfollowable` one cannot be changed; the text
 * of a `malformed` one is wrong, such as a tag inside of its image name.
 */
export type PinState = 'tracked' | 'untracked' | 'frozen' | 'incomplete' | 'unfollowable' | 'malformed' | 'unpinned';

/** A pin in the documented JSON of `pullpin list --json` (docs/json.md). Keys may be added, and are never changed or removed. */
export interface ListedPin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly form: PinForm;
  readonly target: 'docker-archive' | 'nar';
  readonly imageName: string;
  readonly imageDigest: string;
  readonly hash: string | null;
  readonly hashAttr: string | null;
  readonly hashFormat: string | null;
  readonly finalImageName: string | null;
  readonly finalImageTag: string | null;
  readonly os: string | null;
  readonly arch: string | null;
  readonly systems: readonly string[] | null;
  readonly follows: string | null;
  readonly followedBy: FollowedBy | null;
  /** The rule for its tag, as its comment has it. */
  readonly rule: string | null;
  readonly state: PinState;
  /** The parts of its recipe that the file does not show. */
  readonly assumed: readonly RecipePart[];
}

/** A pin as `pullpin list` shows it. `assumeTag` is the tag that it follows when its file names none. */
export function toListedPin(site: PinSite, assumeTag?: string): ListedPin {
  const [hash] = site.hashes;
  const follows = followedTag(site, assumeTag);
  const { file, line, column, form, target, imageName, imageDigest, systems, isPlatformDependent } = site;
  return {
    ...{ file, line, column, form, target },
    imageName: imageName.text,
    imageDigest: imageDigest.text,
    hash: followedText(hash?.value) ?? null,
    hashAttr: hash?.attribute ?? null,
    hashFormat: hash?.written?.format ?? (hash?.isPlaceholder ? 'placeholder' : null),
    finalImageName: followedText(site.finalImageName) ?? null,
    finalImageTag: followedText(site.finalImageTag) ?? null,
    os: followedText(site.os) ?? null,
    arch: followedText(site.arch) ?? null,
    systems: isPlatformDependent ? systems : null,
    follows: follows?.tag ?? null,
    followedBy: follows?.by ?? null,
    rule: tagRuleNotes(site)[0]?.text ?? null,
    state: stateOf(site, follows !== undefined || isRuledWithoutTag(site)),
    assumed: site.assumed.map(({ part }) => part),
  };
}

function stateOf(
  { isFrozen, flaw, hashes, imageDigest, withoutDigest, layered }: PinSite,
  isTracked: boolean,
): PinState {
  if (isFrozen) return 'frozen';
  if (withoutDigest !== undefined) return 'unpinned';
  if (flaw) return 'malformed';
  const config = layered?.configDigest;
  if (hashes.some(({ value }) => value.kind !== 'text') || config?.kind === 'unfollowable') return 'unfollowable';
  if (layered?.layers.kind === 'unfollowable') return 'unfollowable';
  if (isPlaceholderDigest(imageDigest.text) || config?.text === '' || hashes.some(({ isPlaceholder }) => isPlaceholder))
    return 'incomplete';
  return isTracked ? 'tracked' : 'untracked';
}

/** Whether it is an image string that has no digest yet. */
export function isUnpinned({ form, imageDigest }: ListedPin): boolean {
  return form === 'oci-string' && imageDigest === '';
}

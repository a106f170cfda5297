import { isDigest, isPlaceholderDigest } from '../../../oci/digest.js';
import { InvalidReferenceError, isTag, parseReference, type Reference } from '../../../oci/reference.js';
import { computedText, sliceText, textValue } from '../../values/text.js';
import type { TextValue } from '../../values/value.js';
import { digestFlaw } from './flaws.js';

/** A value that cannot be followed. */
interface Dead {
  readonly kind: 'unfollowable';
}

/** An attribute of a set or an object; undefined when there is none. */
export type Attribute<End extends Dead> = (name: string) => TextValue | End | undefined;

/** An image that a set gives in several attributes, and the tag that it follows. */
export interface ImageParts {
  readonly imageName: TextValue;
  readonly imageDigest: TextValue;
  readonly tag?: TextValue | undefined;
}

/** A digest that no registry takes; the message is one line for the user. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly message: string;
}

/** Attribute names for the name of an image, as Helm, kubenix, Compose and users' own functions spell them; the clearest first. */
const NAMES = ['imageName', 'repository', 'image'];
const TAGS = ['tag', 'imageTag'];

/** Matches `tag = "1.2@sha256:…"`: the text is a part of the set around it, not an image. */
export function isTagKey(key: string | undefined): boolean {
  return key !== undefined && TAGS.includes(key);
}

/** Whether a set with these attributes may give an image in several attributes. */
export function mayGiveImage(has: (name: string) => boolean): boolean {
  return NAMES.some(has) && ['imageDigest', 'digest', ...TAGS].some(has);
}

/**
 * The image of `{ repository; tag; digest; }` and its kind: the digest may stand behind the tag (`tag = "1.2@sha256:…"`), the registry in
 * front of the repository (`registry = "ghcr.io"`), and the tag behind the image. A dead end when a part cannot be followed, and a flaw; undefined
 * when there is no digest or no image.
 */
export function imageParts<End extends Dead>(attribute: Attribute<End>): ImageParts | End | Malformed | undefined {
  const name = NAMES.map(attribute).find((value) => value !== undefined && !isEmpty(value));
  if (!name) return undefined;
  const digest = digestOf(attribute);
  if (!digest) return malformed(attribute);
  const registry = attribute('registry');
  const unfollowed = [digest.imageDigest, name, registry].find((value) => value?.kind === 'unfollowable');
  if (unfollowed?.kind === 'unfollowable') return unfollowed;
  if (digest.imageDigest.kind !== 'text' || name.kind !== 'text') return undefined;
  const whole = registry?.kind === 'text' && registry.text !== '' ? joinedName(registry, name) : name;
  const reference = referenceOf(whole.text);
  if (!reference || reference.digest) return undefined;
  const imageName = sliceText(whole, 0, reference.name.length);
  const ownTag =
    reference.tag === undefined ? undefined : sliceText(whole, reference.name.length + 1, whole.text.length);
  const tag = digest.tag ?? TAGS.map(attribute).find(isTagText) ?? ownTag;
  return { imageName, imageDigest: digest.imageDigest, tag };
}

/** The flaw of a digest that is nearly one, such as one that is cut off. */
function malformed<End extends Dead>(attribute: Attribute<End>): Malformed | undefined {
  const texts = [...TAGS, 'imageDigest', 'digest'].map(attribute).filter((value) => value?.kind === 'text');
  const nearly = texts.flatMap(({ text }) => NEARLY.exec(text)?.[1] ?? []);
  const [message] = nearly.flatMap((text) => digestFlaw(text) ?? []);
  return message === undefined ? undefined : { kind: 'malformed', message };
}

/** A digest with the wrong number of digits, alone or behind a tag. */
const NEARLY = /^(?:\w[\w.-]*@|@)?(sha256:[0-9a-fA-F]{16,})$/;

const TAG_WITH_DIGEST = /^([\w][\w.-]{0,127})?@(sha256:[0-9a-f]{64})$/;

/** The digest of a set, and the tag before it when one text holds both. */
function digestOf<End extends Dead>(
  attribute: Attribute<End>,
): { imageDigest: TextValue | End; tag?: TextValue | undefined } | undefined {
  for (const name of TAGS) {
    const value = attribute(name);
    const match = value?.kind === 'text' ? TAG_WITH_DIGEST.exec(value.text) : null;
    if (value?.kind !== 'text' || !match) continue;
    const at = value.text.indexOf('@');
    return {
      imageDigest: sliceText(value, at + 1, value.text.length),
      tag: at > 0 ? sliceText(value, 0, at) : undefined,
    };
  }
  const own = attribute('imageDigest');
  const digest = own ?? attribute('digest');
  if (!digest) return undefined;
  // In Helm, an empty `digest` means that there is no digest. An empty imageDigest is a placeholder.
  const isOne =
    digest.kind === 'unfollowable' || isDigest(digest.text) || (own?.kind === 'text' && isPlaceholderDigest(own.text));
  return isOne ? { imageDigest: digest } : undefined;
}

function joinedName(registry: TextValue, name: TextValue): TextValue {
  return textValue([...registry.segments, ...computedText('/').segments, ...name.segments], name.through);
}

function isEmpty(value: TextValue | Dead): boolean {
  return value.kind === 'text' && value.text === '';
}

function isTagText(value: TextValue | Dead | undefined): value is TextValue {
  return value?.kind === 'text' && isTag(value.text);
}

function referenceOf(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReferenceError) return undefined;
    throw error;
  }
}

import { computedText } from '../../values/text.js';
import type { TextValue } from '../../values/value.js';

const TAG_LIKE = /^(v?\d|(latest|stable|edge|main|master|nightly|lts|dev|develop|release|alpine|slim|beta|rc)\b)/;

/** The tag in a key `NAME:TAG`, such as `"redis:7.4" = { imageName = "redis"; … }`. */
export function tagInKey(key: string | undefined): string | undefined {
  return key === undefined ? undefined : NAME_AND_TAG.exec(key)?.[2];
}

/** The same where the key names this very image, so that the pin follows that tag. */
export function ownTagInKey(key: string | undefined, imageName: string): TextValue | undefined {
  const [, name = '', tag] = NAME_AND_TAG.exec(key ?? '') ?? [];
  const isOwn = imageName === name || imageName.endsWith(`/${name}`);
  return tag !== undefined && isOwn ? computedText(tag) : undefined;
}

const NAME_AND_TAG = /^([\w.-]+(?::\d+(?=\/))?(?:\/[\w.-]+)*):(\w[\w.-]{0,127})$/;

/** `"1.27" = "docker.io/nginx@sha256:…";`: a key that looks like a tag, or stands beside others of the same image. */
export function keyAsTag(key: string | undefined, imageName: string, source: string): TextValue | undefined {
  if (key === undefined || !/^\w[\w.-]{0,127}$/.test(key) || imageName.split('/').includes(key)) return undefined;
  const sibling = `${imageName}@sha256:`;
  const hasSiblings = source.indexOf(sibling) !== source.lastIndexOf(sibling);
  const isField = /^(image|imageName|ref|reference|url|name|src|source)$/i.test(key);
  const isTag = TAG_LIKE.test(key) || (hasSiblings && !isField);
  return isTag ? computedText(key) : undefined;
}

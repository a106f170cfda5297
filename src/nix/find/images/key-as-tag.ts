import { computedText } from '../../values/text.js';
import type { TextValue } from '../../values/value.js';

const TAG_LIKE = /^(v?\d|(latest|stable|edge|main|master|nightly|lts|dev|develop|release|alpine|slim|beta|rc)\b)/;

/** `"1.27" = "docker.io/nginx@sha256:…";`: a key that looks like a tag, or stands beside others of the same image. */
export function keyAsTag(key: string | undefined, imageName: string, source: string): TextValue | undefined {
  if (key === undefined || !/^\w[\w.-]{0,127}$/.test(key) || imageName.split('/').includes(key)) return undefined;
  const sibling = `${imageName}@sha256:`;
  const hasSiblings = source.indexOf(sibling) !== source.lastIndexOf(sibling);
  const isField = /^(image|imageName|ref|reference|url|name|src|source)$/i.test(key);
  const isTag = TAG_LIKE.test(key) || (hasSiblings && !isField);
  return isTag ? computedText(key) : undefined;
}

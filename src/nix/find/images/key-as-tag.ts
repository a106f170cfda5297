import { computedText } from '../../values/text.js';
import type { TextValue } from '../../values/value.js';
import { nameBefore } from './name-before.js';

const TAG_LIKE = /^(v?\d|(latest|stable|edge|main|master|nightly|lts|dev|develop|release|alpine|slim|beta|rc)\b)/;

/** The tag in a key `NAME:TAG`, such as `"redis:7.4" = { imageName = "redis"; … }`. */
export function tagInKey(key: string | undefined): string | undefined {
  return key === undefined ? undefined : NAME_AND_TAG.exec(key)?.[2];
}

/** The tag in such a key when the key names the image of this pin, so that the pin follows that tag. */
export function ownTagInKey(key: string | undefined, imageName: string): TextValue | undefined {
  const [, name = '', tag] = NAME_AND_TAG.exec(key ?? '') ?? [];
  const isOwn = imageName === name || imageName.endsWith(`/${name}`);
  return tag !== undefined && isOwn ? computedText(tag) : undefined;
}

const NAME_AND_TAG = /^([\w.-]+(?::\d+(?=\/))?(?:\/[\w.-]+)*):(\w[\w.-]{0,127})$/;

/** The tag in `"1.27" = "docker.io/nginx@sha256:…";`: the key looks like a tag, or other keys beside it have the same image. */
export function keyAsTag(key: string | undefined, imageName: string, siblings: Siblings): TextValue | undefined {
  if (key === undefined || !/^\w[\w.-]{0,127}$/.test(key) || imageName.split('/').includes(key)) return undefined;
  const isField = /^(image|imageName|ref|reference|url|name|src|source)$/i.test(key);
  const isTag = TAG_LIKE.test(key) || (!isField && siblings.has(imageName));
  return isTag ? computedText(key) : undefined;
}

/** The images that a source has with more than one digest. They are counted when they are first asked for. */
export class Siblings {
  private counts: Map<string, number> | undefined;

  constructor(private readonly source: string) {}

  has(imageName: string): boolean {
    this.counts ??= countNames(this.source);
    return (this.counts.get(imageName) ?? 0) > 1;
  }
}

function countNames(source: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = source.indexOf('@sha256:'); at >= 0; at = source.indexOf('@sha256:', at + 1)) {
    const name = nameBefore(source, at);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

import { archiveName } from '../archive/docker-archive.js';
import { PullpinError, printable, UsageError } from '../errors.js';
import { formatPlatform, type Platform, parsePlatform, platformOfSystem, systemOfPlatform } from '../oci/platform.js';
import { parseReference } from '../oci/reference.js';
import { parseDuration } from '../tag-rules/duration.js';
import { parseTagRule, type TagRule } from '../tag-rules/rule.js';
import type { LockEntry, LockedPlatform } from './entry.js';
import type { RawImage } from './images-schema.js';

/** The keys of an entry, each of which may hold a text that makes no sense. */
type PlaceOf = (key: string) => string;

/**
 * Reads the texts of one image. Throws a UsageError that names the place.
 * @param place of the image
 * @param placeOf gives the place of a key
 */
export function readEntry(name: string, raw: RawImage, place: string, placeOf: PlaceOf): LockEntry {
  const reference = at(placeOf('image'), () => parseReference(raw.image));
  const rule = at(placeOf('rule'), () => ruleOf(raw.rule));
  if (rule && rule.kind !== 'digest' && reference.digest !== undefined)
    throw new UsageError(
      `${placeOf('rule')}: an image with a digest never moves: remove the digest, or the rule '${printable(raw.rule ?? '', 100)}'`,
    );
  const platforms = platformsOf(raw, placeOf);
  const { target = 'docker-archive', 'final-name': finalName, 'final-tag': finalTag } = raw;
  const isNamed = finalName !== undefined || finalTag !== undefined;
  const finalPlace = placeOf(finalName === undefined ? 'final-tag' : 'final-name');
  if (isNamed && target === 'nar')
    throw new UsageError(`${finalPlace}: nix2container.pullImage has no place for final-name and final-tag: omit them`);
  if (target === 'docker-archive')
    at(isNamed ? finalPlace : placeOf('image'), () => archiveName(finalName ?? reference.name, finalTag ?? 'latest'));
  const cooldown = at(placeOf('cooldown'), () => cooldownOf(raw.cooldown));
  return {
    ...{ name, reference, target, finalName, finalTag, cooldown, place, platforms },
    rule: rule?.kind === 'digest' ? undefined : rule,
    isFrozen: raw.freeze ?? false,
    request: {
      image: raw.image,
      ...{ finalName, finalTag, rule: raw.rule },
      target: target === 'nar' ? target : undefined,
      platforms: requestedPlatforms(platforms),
    },
  };
}

function requestedPlatforms(platforms: LockEntry['platforms']): string[] | undefined {
  if (platforms === 'all') return ['all'];
  return platforms.length === 0 ? undefined : platforms.map(platformText);
}

/** Puts a place in front of what a parser says. */
function at<Result>(place: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof PullpinError)) throw cause;
    throw new UsageError(`${place}: ${cause.message}`, { cause });
  }
}

function ruleOf(text: string | undefined): TagRule | undefined {
  const rule = text === undefined ? undefined : parseTagRule(text);
  if (text === undefined || rule) return rule;
  throw new UsageError(
    `'${printable(text, 100)}' is no rule for tags: write "^7.2", "~3.20", "16.x-alpine", "/^v(\\d+)$/", "newest /^main-/" or "digest"; a tag stands behind the image`,
  );
}

function cooldownOf(text: string | undefined): number {
  const duration = text === undefined ? 0 : parseDuration(text);
  if (duration !== undefined) return duration;
  throw new UsageError(`cooldown is a time such as 7d, 12h or 2w, not '${printable(text ?? '', 100)}'`);
}

function platformsOf({ platforms = [], systems = [] }: RawImage, placeOf: PlaceOf): LockEntry['platforms'] {
  const [words, names] = [asList(platforms), asList(systems)];
  if (words.includes('all')) {
    if (words.length + names.length === 1) return 'all';
    throw new UsageError(`${placeOf('platforms')}: "all" has every platform, and goes with no other`);
  }
  const found = [
    ...words.map((word) => at(placeOf('platforms'), () => withSystem(parsePlatform(word)))),
    ...names.map((system) => at(placeOf('systems'), (): LockedPlatform => ({ ...platformOfSystem(system), system }))),
  ];
  const [twice] = found.filter(({ system }, index) => found.findIndex((each) => each.system === system) !== index);
  if (!twice) return found.toSorted((one, other) => (one.system < other.system ? -1 : 1));
  const place = placeOf(words.length > 0 ? 'platforms' : 'systems');
  throw new UsageError(`${place}: the system ${twice.system} is named twice, and Nix code can have one image for it`);
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function withSystem(platform: Platform): LockedPlatform {
  const system = systemOfPlatform(platform);
  if (system !== null) return { ...platform, system };
  throw new UsageError(`no Nix system runs images for ${formatPlatform(platform)}`);
}

/** `aarch64-linux`, with the platform where the system does not say it. */
function platformText(platform: LockedPlatform): string {
  const own = formatPlatform(platformOfSystem(platform.system));
  const named = formatPlatform(platform);
  return own === named ? platform.system : `${platform.system} ${named}`;
}

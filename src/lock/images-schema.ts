import * as v from 'valibot';
import { TARGETS } from './lock-schema.js';

const TEXTS = v.union([v.string(), v.array(v.string())]);

/** The keys of an image that may also stand in [defaults]. */
const SHARED = {
  platforms: v.optional(
    v.pipe(TEXTS, v.description('What it must run on, such as "linux/arm64", or several; "all": those of the image')),
  ),
  systems: v.optional(
    v.pipe(TEXTS, v.description('The same by the names of Nix, such as "aarch64-linux", or several')),
  ),
  target: v.optional(
    v.pipe(v.picklist(TARGETS), v.description('"docker-archive" for dockerTools.pullImage, "nar" for nix2container')),
  ),
  cooldown: v.optional(v.pipe(v.string(), v.description('Move to no image younger than "7d", "12h" or "2w"'))),
};

const IMAGE = v.strictObject({
  image: v.pipe(v.string(), v.description('[REGISTRY/]REPOSITORY[:TAG][@DIGEST]')),
  rule: v.optional(
    v.pipe(v.string(), v.description('Which tags it may move to: "^7.2", "~3.20", "16.x-alpine", "/^v(\\d+)$/"')),
  ),
  'final-name': v.optional(v.pipe(v.string(), v.description('The name inside the archive'))),
  'final-tag': v.optional(v.pipe(v.string(), v.description('The tag inside the archive'))),
  freeze: v.optional(v.pipe(v.boolean(), v.description('Keep what is locked'))),
  ...SHARED,
});

/** images.toml, as its JSON Schema describes it. */
export const IMAGES_SCHEMA = v.strictObject({
  defaults: v.optional(v.pipe(v.strictObject(SHARED), v.description('What holds for images that say nothing else'))),
  images: v.optional(v.pipe(v.record(v.string(), IMAGE), v.description('The images, by the names that Nix code uses'))),
});

export type RawImages = v.InferOutput<typeof IMAGES_SCHEMA>;
export type RawImage = v.InferOutput<typeof IMAGE>;

/** The keys of each table, for suggestions. */
export const IMAGE_ENTRY_KEYS = Object.keys(IMAGE.entries);
export const DEFAULT_KEYS = Object.keys(SHARED);
export const TABLES = Object.keys(IMAGES_SCHEMA.entries);

/** What a key must hold, for a message. */
export const EXPECTED: Readonly<Record<string, string>> = {
  freeze: 'true or false',
  platforms: 'a text, or a list of texts',
  systems: 'a text, or a list of texts',
  target: `one of ${TARGETS.join(', ')}`,
};

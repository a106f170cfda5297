import * as v from 'valibot';
import { LOCK_GENERATOR } from '../files/of-lock.js';

/** The version of images.lock.json that this pullpin reads and writes. */
export const LOCK_VERSION = 1;

/** The names of images: they are the attributes that images.nix has. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_.+-]{0,99}$/;

const DIGEST = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/), v.description('A sha256 digest'));
const WORD = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]+$/));
const TEXT = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
export const TARGETS = ['docker-archive', 'nar'] as const;

const SYSTEM = v.strictObject({
  arch: v.pipe(WORD, v.description('The architecture that Nix asks for')),
  hash: v.pipe(v.string(), v.regex(/^sha256-[A-Za-z0-9+/]{43}=$/), v.description('The hash of what Nix fetches, SRI')),
  imageDigest: v.pipe(DIGEST, v.description('The digest that Nix asks for')),
  os: v.pipe(WORD, v.description('The operating system that Nix asks for')),
});

const REQUEST = v.strictObject({
  finalName: v.optional(TEXT),
  finalTag: v.optional(TEXT),
  image: TEXT,
  platforms: v.optional(v.array(TEXT)),
  rule: v.optional(TEXT),
  target: v.optional(v.picklist(TARGETS)),
});

const IMAGE = v.strictObject({
  created: v.optional(v.pipe(TEXT, v.description('When the image was made, as it says itself'))),
  digest: v.pipe(DIGEST, v.description('What the tag stood for when the image was locked')),
  finalImageName: v.pipe(TEXT, v.description('The name inside the archive')),
  finalImageTag: v.pipe(TEXT, v.description('The tag inside the archive')),
  imageName: v.pipe(TEXT, v.description('The image without tag and digest, as images.toml has it')),
  request: v.pipe(REQUEST, v.description('What images.toml asked for when the image was locked')),
  systems: v.pipe(v.record(v.pipe(v.string(), v.regex(/^[a-z0-9_-]+$/)), SYSTEM), v.description('By Nix system')),
  tag: v.pipe(TEXT, v.description('The tag that was chosen')),
  target: v.pipe(v.picklist(TARGETS), v.description('What Nix fetches')),
  tlsVerify: v.optional(v.pipe(v.literal(false), v.description('Present when the registry has no verified TLS'))),
  version: v.optional(v.pipe(TEXT, v.description('The version that the image says it has'))),
});

/** A lock, as its JSON Schema describes it. */
export const LOCK_SCHEMA = v.strictObject({
  generator: v.literal(LOCK_GENERATOR),
  version: v.literal(LOCK_VERSION),
  images: v.pipe(v.record(v.pipe(v.string(), v.regex(NAME)), IMAGE), v.description('By their names in images.toml')),
});

export type LockRequest = v.InferOutput<typeof REQUEST>;
export type LockedSystem = v.InferOutput<typeof SYSTEM>;
export type LockedImage = v.InferOutput<typeof IMAGE>;
export type LockTarget = (typeof TARGETS)[number];
/** The locked images by their names. */
export type Lock = ReadonlyMap<string, LockedImage>;

import { firstOf, shellWord, UsageError } from '../errors.js';
import type { ListedPin } from '../list/listed-pin.js';
import { formatHash, readHash, ZERO_HASH } from '../nix/literals/hash.js';
import { pullImageName } from '../nix-store/pull-image-name.js';
import { type Digest, isDigest } from '../oci/digest.js';
import { DEFAULT_PLATFORM, type Platform } from '../oci/platform.js';
import { formatReference, type Reference, type RepositoryName, shortName, splitName } from '../oci/reference.js';
import type { LookUps, RepositoryLookUps } from '../pin/look-ups.js';
import type { Target } from '../prefetch/targets/target.js';
import { type ExplainedImage, findOrigins, type Origins } from './find-origins.js';
import type { Mismatch } from './nix-error.js';
import { type HashOrigin, plainOrigin } from './origin.js';
import { type Verdict, verdictOf, verdictOfOne } from './verdict.js';

/** Why a hash does not match. `pin` is the one in a file, where there is one. */
export interface Explanation extends Verdict {
  readonly image: string;
  readonly pin: ListedPin | undefined;
  readonly specified: Digest | undefined;
  readonly got: Digest;
  readonly origins: { readonly specified: HashOrigin | undefined; readonly got: HashOrigin | undefined };
}

/**
 * The pin of some files whose hash a mismatch speaks of. Of several with the same hash, such as a placeholder, it is the one whose name Nix has
 * printed. Throws a UsageError where there is none, and where it may be one of several images.
 */
export function pinOf(mismatch: Mismatch, pins: readonly ListedPin[]): ListedPin {
  const { specified, got } = mismatch;
  const withHash = pins.filter(({ hash }) => hash !== null && hashOf(hash) === specified);
  const named = withHash.filter((pin) => storeNameOf(pin) === mismatch.name);
  const found = named.length > 0 ? named : withHash;
  const images = new Set(found.map(({ imageName, imageDigest }) => `${imageName}@${imageDigest}`));
  const [pin] = found;
  if (pin && images.size === 1) return pin;
  const hash = `the hash ${formatHash(specified, 'sri')}`;
  const byName = `the image: pullpin explain --image IMAGE --got ${formatHash(got, 'sri')}`;
  if (!pin) throw new UsageError(`no pin in these files has ${hash}: name the files, or ${byName}`);
  const places = firstOf(
    found.map(({ file, line }) => `${file}:${line}`),
    MOST_PLACES,
  );
  if (specified === ZERO_HASH)
    throw new UsageError(`the hashes of several pins are still to be filled in (${places}): ${fillIn(found)}`);
  throw new UsageError(`several pins have ${hash} (${places}): name one file, or ${byName}`);
}

/** The most places that a message names. */
const MOST_PLACES = 5;
/** The most files of one command: it is for people, who copy it. */
const MOST_FILES = 50;

/** The command that fills in the hashes of pins. */
function fillIn(pins: readonly ListedPin[]): string {
  const files = distinct(pins.map(({ file }) => file));
  const command = `pullpin bump --hashes ${files.slice(0, MOST_FILES).map(shellWord).join(' ')}`;
  const more = files.length - MOST_FILES;
  return more > 0 ? `${command}, and then the same with ${more} more ${more === 1 ? 'file' : 'files'}` : command;
}

/** The name of what a pin fetches, unless its call gives another one; undefined for a pin that cannot be fetched. */
function storeNameOf({ imageName, finalImageName, finalImageTag }: ListedPin): string | undefined {
  try {
    return pullImageName(finalImageName ?? imageName, finalImageTag ?? 'latest');
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Explains a mismatch of a pin. Throws a PullpinError. */
export async function explainPin(pin: ListedPin, mismatch: Mismatch, lookUps: LookUps): Promise<Explanation> {
  const { imageName, imageDigest: digest, finalImageName, finalImageTag, follows, os, arch, target } = pin;
  if (!isDigest(digest)) throw new UsageError(`${pin.file}:${pin.line}: the pin has no digest yet: run pullpin bump`);
  const platform = { os: os ?? DEFAULT_PLATFORM.os, architecture: arch ?? DEFAULT_PLATFORM.architecture };
  const image: ExplainedImage = {
    digest,
    names: distinct([finalImageName, imageName, ...shortNames(splitName(imageName))]),
    tags: distinct([finalImageTag, follows, 'latest']),
    platform,
    fetches: target,
  };
  const name = splitName(imageName);
  const repository = lookUps.repository({ ...name, unverified: false });
  const shown = formatReference({ ...name, name: imageName, tag: follows ?? undefined, digest });
  return explain({ shown, platform: undefined, image, repository, pin }, mismatch);
}

/** What is known of a hash beside the image that it is of. */
export interface NamedMismatch {
  readonly reference: Reference;
  readonly platform: Platform | undefined;
  readonly specified: Digest | undefined;
  readonly got: Digest;
}

/** Explains a hash of an image that stands in no file; no registry is asked where that is plain. Throws a PullpinError. */
export async function explainImage(asked: NamedMismatch, lookUps: LookUps): Promise<Explanation> {
  const { reference, platform, specified, got } = asked;
  const [shown, fetches] = [formatReference(reference), 'docker-archive'] as const;
  const plain = specified === undefined ? plainOrigin(got, []) : undefined;
  if (plain) {
    const found = { of: new Map([[got, plain]]), tried: 0, isOfOneImage: false };
    return explanation({ shown, platform, fetches, pin: undefined }, { specified, got }, found);
  }
  const { tag = 'latest' } = reference;
  const repository = lookUps.repository({ ...reference, unverified: false });
  const image: ExplainedImage = {
    digest: reference.digest ?? (await repository.resolve(tag)),
    names: distinct([reference.name, ...shortNames(reference)]),
    tags: distinct([tag, 'latest']),
    platform: platform ?? DEFAULT_PLATFORM,
    fetches,
  };
  return explain({ shown, platform, image, repository, pin: undefined }, { specified, got });
}

interface Hashes {
  readonly specified: Digest | undefined;
  readonly got: Digest;
}

interface Subject {
  /** The image, as it is typed. */
  readonly shown: string;
  /** The platform that was asked for. */
  readonly platform: Platform | undefined;
  readonly fetches: Target['type'];
  readonly pin: ListedPin | undefined;
}

type SearchedSubject = Omit<Subject, 'fetches'> & {
  readonly image: ExplainedImage;
  readonly repository: RepositoryLookUps;
};

async function explain({ image, repository, ...subject }: SearchedSubject, hashes: Hashes): Promise<Explanation> {
  const { specified, got } = hashes;
  const found = await findOrigins(specified ? [specified, got] : [got], image, repository);
  return explanation({ ...subject, fetches: image.fetches }, hashes, found);
}

function explanation(subject: Subject, { specified, got }: Hashes, found: Origins): Explanation {
  const { shown: image, platform, fetches, pin } = subject;
  const { of, tried, isOfOneImage } = found;
  const origins = { specified: specified && of.get(specified), got: of.get(got) };
  const about = { ...origins, image, platform, file: pin?.file, fetches, tried, isOfOneImage };
  return { ...(specified ? verdictOf(about) : verdictOfOne(about)), image, pin, specified, got, origins };
}

/** The names that people give an archive in place of the whole one: `acme/web` and `web` of `ghcr.io/acme/web`. */
function shortNames({ repository }: RepositoryName): string[] {
  return [repository, shortName(repository)];
}

function distinct(texts: readonly (string | null | undefined)[]): string[] {
  return [...new Set(texts.flatMap((text) => text || []))];
}

/** A hash as it is written; Nix takes an empty text for a hash of zeros. */
function hashOf(text: string): Digest | undefined {
  return text === '' ? ZERO_HASH : readHash(text)?.hash;
}

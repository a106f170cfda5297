import { PullpinError } from '../../errors.js';
import { followedTag } from '../../list/follow.js';
import type { PinHash } from '../../nix/find/pin-site.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import type { Platform } from '../../oci/platform.js';
import { type Attempt, attemptsOf, knownRecipe, unlessRefused } from '../../recipe/attempts.js';
import {
  type CandidateImage,
  candidateImages,
  candidateTargets,
  certainPlatform,
  isOpen,
} from '../../recipe/candidates.js';
import { carriedRecipe, type WrittenPin } from '../../recipe/carried-recipe.js';
import { formatRecipe, type Recipe, recall, remember } from '../../recipe/recipe.js';
import { SiteError } from '../../recipe/site-error.js';
import type { TrackedPin } from '../site/tracked-pin.js';

/**
 * Finds the recipe of a pin's hash when the files do not show it: the recipe that makes the old hash from the old digest. Undefined
 * when no proof is needed, because the files show the whole recipe or there is no old hash. The search downloads the old image, except
 * when the cache has the hash. Throws an UnprovenError when no recipe makes the old hash, or when the old image is gone.
 *
 * @param likeliest the platform that is tried first
 */
export async function proveRecipe(pin: TrackedPin, likeliest: Platform): Promise<Recipe | undefined> {
  const { site, lookUps } = pin;
  const digest = site.imageDigest.text;
  const [hash] = site.hashes;
  if (!hash || hash.isPlaceholder || !isDigest(digest) || !mayBeOpen(pin)) return undefined;
  const known = (await provenBefore(pin, likeliest)) ?? remembered(pin, hash);
  if (known) return known;
  const root = await unlessGone(lookUps.manifest(digest));
  if (root && !isOpen(site, root)) return undefined;
  const search = new Search(pin, root ? candidateImages(site, root, likeliest) : []);
  const proven = root && hash.written && (await search.find(hash.written.hash));
  if (!proven) throw root && !search.isGone ? unproven(search) : gone(digest);
  if (hash.written) remember(lookUps.cache, hash.written.hash, proven);
  return proven;
}

/**
 * The recipe of the pin at an earlier revision, for what is written now. A bot that changes the digest, the tag or the platform leaves the hash as it was,
 * so that only the earlier digest and the hash are a pair. Undefined when there is no earlier pin, or when nothing makes its hash.
 */
async function provenBefore({ earlier, ...pin }: TrackedPin, likeliest: Platform): Promise<Recipe | undefined> {
  if (!earlier) return undefined;
  try {
    const recipe = await proveRecipe(earlier, certainPlatform(earlier.site) ?? likeliest);
    return recipe && carriedRecipe(recipe, writtenPin(earlier), writtenPin(pin));
  } catch (error) {
    if (error instanceof UnprovenError) return undefined;
    throw error;
  }
}

/** What an earlier run has proven of the same hash, unless the pin has been changed since then. */
function remembered(pin: TrackedPin, { written }: PinHash): Recipe | undefined {
  const recipe = written && recall(pin.lookUps.cache, written.hash);
  return recipe && carriedRecipe(recipe, writtenPin(pin), writtenPin(pin));
}

function writtenPin({ site, follows, settings }: TrackedPin): WrittenPin {
  return { site, followedTag: (follows ?? followedTag(site, settings.assumeTag))?.tag };
}

/** Whether the files omit a part of the recipe that could matter. Needs no registry. */
function mayBeOpen({ site }: TrackedPin): boolean {
  return site.sharedByArchitectures === undefined && site.assumed.some(({ why }) => why !== 'fetcher-default');
}

/** No recipe makes the hash of a pin. */
export class UnprovenError extends SiteError {
  constructor(message: string) {
    super('unproven', message);
  }
}

/** The search for the recipe of one hash. */
class Search {
  readonly tried: Recipe[] = [];
  isGone = false;
  private readonly attempts: readonly Attempt[];

  constructor(pin: TrackedPin, images: readonly CandidateImage[]) {
    const { site, followedTag: tag } = writtenPin(pin);
    this.attempts = attemptsOf(images, candidateTargets(site, tag), pin.lookUps);
  }

  async find(sha256: Digest): Promise<Recipe | undefined> {
    return knownRecipe(sha256, this.attempts) ?? (await this.byDownload(sha256));
  }

  /** An image that skopeo refuses cannot have this hash, and an image that is gone proves nothing: both are skipped. */
  private async byDownload(sha256: Digest): Promise<Recipe | undefined> {
    for (const attempt of this.attempts) {
      this.tried.push(attempt.recipe);
      const made = await unlessGone(unlessRefused(attempt.make()), () => {
        this.isGone = true;
      });
      if (made === sha256) return attempt.recipe;
    }
    return undefined;
  }
}

async function unlessGone<Answer>(answer: Promise<Answer>, onGone = () => {}): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof PullpinError && error.kind === 'not-found')) throw error;
    onGone();
    return undefined;
  }
}

// How many candidates the message names.
const MAX_SHOWN = 4;

function unproven({ tried }: Search): UnprovenError {
  const shown = tried.slice(0, MAX_SHOWN).map(formatRecipe);
  const rest = tried.length > MAX_SHOWN ? [`and ${tried.length - MAX_SHOWN} more`] : [];
  return new UnprovenError(
    `its hash was not made from what is written here: tried ${[...shown, ...rest].join(', ')}; write the missing attributes, or run with --unproven`,
  );
}

function gone(digest: Digest): UnprovenError {
  return new UnprovenError(
    `${digest} is gone from its registry, so nothing proves what its hash was made from: run with --unproven to write the new one all the same`,
  );
}

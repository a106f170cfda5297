import { type Digest, isDigest } from '../oci/digest.js';
import type { RepositoryLookUps } from '../pin/look-ups.js';
import { ImageRefusedError } from '../prefetch/image/refusals.js';
import type { Target } from '../prefetch/targets/target.js';
import type { CandidateImage } from './candidates.js';
import type { Recipe } from './recipe.js';

/** One way in which a hash may have been made. */
export class Attempt {
  readonly recipe: Recipe;

  constructor(
    private readonly image: CandidateImage,
    private readonly target: Target,
    private readonly lookUps: RepositoryLookUps,
  ) {
    this.recipe = { target, platform: image.platform };
  }

  /** The hash, when the cache has it. */
  get known(): Digest | undefined {
    return this.lookUps.cachedHash(this.image, this.target);
  }

  /** Makes the hash: one download serves all archives of an image. Undefined where the digest is not that of an image. Throws a PullpinError. */
  async make(): Promise<Digest | undefined> {
    const { digest } = this.image;
    const manifest = isDigest(digest) ? await this.lookUps.manifest(digest) : undefined;
    if (manifest?.type !== 'image') return undefined;
    return (await this.lookUps.prefetch(manifest, this.target)).sha256;
  }
}

/** All ways to make something of these images, those of the first image first. */
export function attemptsOf(
  images: readonly CandidateImage[],
  targets: readonly Target[],
  lookUps: RepositoryLookUps,
): Attempt[] {
  return images.flatMap((image) => targets.map((target) => new Attempt(image, target, lookUps)));
}

/** The recipe among these attempts that is known to make a hash. Downloads nothing. */
export function knownRecipe(sha256: Digest, attempts: readonly Attempt[]): Recipe | undefined {
  return attempts.find(({ known }) => known === sha256)?.recipe;
}

/** The recipe among these attempts that makes a hash, found by downloads. Throws a PullpinError. */
export async function madeRecipe(sha256: Digest, attempts: readonly Attempt[]): Promise<Recipe | undefined> {
  for (const attempt of attempts) if ((await attempt.make()) === sha256) return attempt.recipe;
  return undefined;
}

/** Undefined for an image that skopeo refuses: no hash was made of it. */
export async function unlessRefused<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ImageRefusedError) return undefined;
    throw error;
  }
}

import type { Cache } from './cache.js';

/** What a hash was proven to be made from, beside the bytes of the image. */
export interface KnownRecipe {
  readonly fetcher: 'docker-archive' | 'nar';
  /** As skopeo writes them into the archive; empty for a folder. */
  readonly finalImageName: string;
  readonly finalImageTag: string;
  readonly os: string;
  readonly architecture: string;
  /** Empty when the platform has no variant. */
  readonly variant: string;
}

const FIELDS = ['fetcher', 'finalImageName', 'finalImageTag', 'os', 'architecture', 'variant'] as const;

/** Keeps what a hash is made from. A hash is that of one archive or folder, so it stands for its recipe whatever the digest beside it. */
export function rememberRecipe(cache: Cache, sha256: string, recipe: KnownRecipe): void {
  cache.set('recipe', sha256, JSON.stringify(recipe));
}

/** What a hash is known to be made from. */
export function knownRecipe(cache: Cache, sha256: string): KnownRecipe | undefined {
  const fields = cache.getFields('recipe', sha256);
  const isWhole = fields !== undefined && FIELDS.every((name) => typeof fields[name] === 'string');
  return isWhole ? (fields as unknown as KnownRecipe) : undefined;
}

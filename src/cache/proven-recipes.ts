import type { Cache } from './cache.js';

/** What a hash was proven to be made from, beside the bytes of the image: the documented JSON of `pullpin list --json` (docs/json.md). */
export interface ProvenRecipe {
  readonly fetcher: 'docker-archive' | 'nar';
  /** Name and tag as they stand in the archive; null for a folder. */
  readonly finalImageName: string | null;
  readonly finalImageTag: string | null;
  readonly os: string;
  readonly arch: string;
  readonly variant: string | null;
}

const TEXTS = ['fetcher', 'os', 'arch'] as const;
const TEXTS_OR_NULL = ['finalImageName', 'finalImageTag', 'variant'] as const;

/** Keeps what a hash is made from. A hash is that of one archive or folder, so it stands for its recipe whatever the digest beside it. */
export function rememberRecipe(cache: Cache, sha256: string, recipe: ProvenRecipe): void {
  cache.set('recipe', sha256, JSON.stringify(recipe));
}

/** What a hash is known to be made from. */
export function provenRecipe(cache: Cache, sha256: string): ProvenRecipe | undefined {
  const fields = cache.getFields('recipe', sha256);
  const isText = (name: string): boolean => typeof fields?.[name] === 'string';
  const isWhole = TEXTS.every(isText) && TEXTS_OR_NULL.every((name) => isText(name) || fields?.[name] === null);
  return isWhole ? (fields as unknown as ProvenRecipe) : undefined;
}

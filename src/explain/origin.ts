import { ZERO_HASH } from '../nix/literals/hash.js';
import type { Digest } from '../oci/digest.js';
import type { ImageIndex, ImageManifest } from '../oci/manifest.js';
import { formatRecipe, type Recipe } from '../recipe/recipe.js';

/** What a hash is of. */
export type HashOrigin =
  /** `image` is the digest of the image. */
  | { readonly kind: 'recipe'; readonly recipe: Recipe; readonly image: string }
  | { readonly kind: 'digest'; readonly of: 'index' | 'manifest' | 'config' | 'layer' }
  | { readonly kind: 'empty-file' }
  | { readonly kind: 'placeholder' };

const EMPTY_FILE: Digest = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** In words: `the archive docker.io/library/redis:7.4 for linux/amd64`. */
export function formatOrigin(origin: HashOrigin | undefined): string {
  switch (origin?.kind) {
    case 'recipe':
      return formatRecipe(origin.recipe);
    case 'digest':
      return `the digest of the ${origin.of}`;
    case 'empty-file':
      return 'an empty file';
    case 'placeholder':
      return 'a placeholder';
    default:
      return 'not known';
  }
}

/** What a hash is of when that shows without any download; undefined for any other hash. */
export function plainOrigin(hash: Digest, manifests: readonly (ImageIndex | ImageManifest)[]): HashOrigin | undefined {
  if (hash === EMPTY_FILE) return { kind: 'empty-file' };
  if (hash === ZERO_HASH) return { kind: 'placeholder' };
  for (const manifest of manifests) {
    if (manifest.stored.digest === hash)
      return { kind: 'digest', of: manifest.type === 'index' ? 'index' : 'manifest' };
    if (manifest.type === 'index') {
      if (manifest.entries.some(({ digest }) => digest === hash)) return { kind: 'digest', of: 'manifest' };
      continue;
    }
    if (manifest.config.digest === hash) return { kind: 'digest', of: 'config' };
    if (manifest.layers.some(({ digest }) => digest === hash)) return { kind: 'digest', of: 'layer' };
  }
  return undefined;
}

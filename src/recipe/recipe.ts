import { OLD_ARCHIVE_LAYOUT } from '../archive/archive-layout.js';
import type { Cache } from '../cache/cache.js';
import { type ProvenRecipe, provenRecipe, rememberRecipe } from '../cache/proven-recipes.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { Target } from '../prefetch/targets/target.js';

/** What a hash is made from, besides the image that the pin's digest names. */
export interface Recipe {
  readonly target: Target;
  readonly platform: Platform;
}

/** A recipe in words: `the archive docker.io/library/redis:7.4 for linux/amd64`. */
export function formatRecipe({ target, platform }: Recipe): string {
  return `${formatTarget(target)} for ${formatPlatform(platform)}`;
}

function formatTarget(target: Target): string {
  if (target.type === 'nar') return 'the folder';
  const { name, tag } = target.name;
  return `the archive ${name}:${tag}${target.layout === OLD_ARCHIVE_LAYOUT ? ' of a skopeo before 1.2' : ''}`;
}

/** A recipe as the output and the cache have it. */
export function toProvenRecipe({ target, platform }: Recipe): ProvenRecipe {
  const names = target.type === 'docker-archive' ? target.name : undefined;
  const { os, architecture, variant } = platform;
  return {
    fetcher: target.type,
    finalImageName: names?.name ?? null,
    finalImageTag: names?.tag ?? null,
    os,
    arch: architecture,
    variant: variant ?? null,
  };
}

/** Keeps in the cache that a recipe makes this hash, in hex. */
export function remember(cache: Cache | undefined, sha256: string, recipe: Recipe): void {
  if (cache) rememberRecipe(cache, sha256, toProvenRecipe(recipe));
}

/** The recipe that an earlier run found to make this hash, in hex; undefined when the cache knows none. */
export function recall(cache: Cache | undefined, sha256: string): Recipe | undefined {
  const proven = cache && provenRecipe(cache, sha256);
  return proven && recipeOfProven(proven);
}

/** What a proven recipe says. */
export function recipeOfProven(proven: ProvenRecipe): Recipe {
  return { target: targetOf(proven), platform: platformOf(proven) };
}

function targetOf({ fetcher, finalImageName, finalImageTag }: ProvenRecipe): Target {
  const name = { name: finalImageName ?? '', tag: finalImageTag ?? '' };
  return fetcher === 'nar' ? { type: 'nar' } : { type: 'docker-archive', name };
}

function platformOf({ os, arch, variant }: ProvenRecipe): Platform {
  return { os, architecture: arch, variant: variant ?? undefined };
}

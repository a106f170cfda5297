import type { Cache } from '../../cache/cache.js';
import { type KnownRecipe, knownRecipe, rememberRecipe } from '../../cache/known-recipes.js';
import type { ProvenRecipe } from '../../list/list-pins.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import type { Target } from '../../prefetch/targets/target.js';

/** What a hash is made from, beside the image that the pin's digest names. */
export interface Recipe {
  readonly target: Target;
  readonly platform: Platform;
}

/** A recipe in words: `the archive docker.io/library/redis:7.4 for linux/amd64`. */
export function formatRecipe({ target, platform }: Recipe): string {
  const what = target.type === 'nar' ? 'the folder' : `the archive ${target.name.name}:${target.name.tag}`;
  return `${what} for ${formatPlatform(platform)}`;
}

/** A proven recipe as it is shown. */
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

export function remember(cache: Cache | undefined, sha256: string, { target, platform }: Recipe): void {
  if (!cache) return;
  const { name, tag } = target.type === 'docker-archive' ? target.name : { name: '', tag: '' };
  const { os, architecture, variant = '' } = platform;
  const names = { fetcher: target.type, finalImageName: name, finalImageTag: tag };
  rememberRecipe(cache, sha256, { ...names, os, architecture, variant });
}

export function recall(cache: Cache | undefined, sha256: string): Recipe | undefined {
  const known = cache && knownRecipe(cache, sha256);
  return known && { target: targetOf(known), platform: platformOf(known) };
}

function targetOf({ fetcher, finalImageName: name, finalImageTag: tag }: KnownRecipe): Target {
  return fetcher === 'nar' ? { type: 'nar' } : { type: 'docker-archive', name: { name, tag } };
}

function platformOf({ os, architecture, variant }: KnownRecipe): Platform {
  return { os, architecture, variant: variant === '' ? undefined : variant };
}

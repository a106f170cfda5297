import type { PinSite } from '../nix/find/pin-site.js';
import { certainPlatform, targetRoles } from './candidates.js';
import type { Recipe } from './recipe.js';

/** A pin as it is written at some time, and the tag that it followed then. */
export interface WrittenPin {
  readonly site: PinSite;
  readonly followedTag: string | undefined;
}

/**
 * The recipe of a pin as it is written now, from the recipe that was proven for what was written before: the same fetcher, a tag from the same
 * attribute or comment, and the same platform unless the pin names another one. Undefined when nothing that is written now plays the same part.
 */
export function carriedRecipe({ target, platform }: Recipe, before: WrittenPin, now: WrittenPin): Recipe | undefined {
  const proven = JSON.stringify(target);
  const roles = targetRoles(before.site, before.followedTag)
    .filter((each) => JSON.stringify(each.target) === proven)
    .map(({ role }) => role);
  const possible = targetRoles(now.site, now.followedTag);
  const [only, ...others] = possible;
  const isCertain = others.length === 0 && only?.target.type === target.type;
  const [carried] = isCertain
    ? [only.target]
    : roles.flatMap((role) => possible.find((each) => each.role === role)?.target ?? []);
  return carried && { target: carried, platform: certainPlatform(now.site) ?? platform };
}

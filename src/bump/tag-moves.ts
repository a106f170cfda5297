import { heavyWork } from '../concurrency/heavy-work.js';
import { PullpinError } from '../errors.js';
import type { FoundInFiles } from '../list/find-in-file.js';
import type { FollowedTag } from '../list/follow.js';
import type { PinFiles } from '../list/pin-files.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { SiteSettings } from './site/site-settings.js';
import { containerEdits } from './tag/container-edits.js';
import { tagEdits } from './tag/tag-edits.js';
import { TagTexts } from './tag/tag-texts.js';
import { TagUses } from './tag/tag-uses.js';

type Found = Pick<FoundInFiles, 'sites' | 'containers'>;

/** How the tags of pins of a run move: never without what must move with them, and never a tag that something else uses. */
export function tagMovers(pinFiles: PinFiles): (found: Found) => SiteSettings['moveTag'] {
  const texts = new TagTexts(pinFiles);
  const size = pinFiles.files.reduce((sum, { text }) => sum + text.length, 0);
  return ({ sites, containers = [] }) => {
    const uses = new TagUses(texts, sites);
    return (edits, site, move) => {
      heavyWork(() => uses.check(edits), size);
      return containerEdits(containers, site, move, edits);
    };
  };
}

/** Says why `pullpin bump` would refuse to move the tag of a pin; undefined when it would move it. Other errors than PullpinErrors are bugs. */
export type TagRefusal = (site: PinSite, follows: FollowedTag, wantedTag: string) => string | undefined;

/** The rule by which a bump of these pins refuses to move a tag, for a command that advises a bump. */
export function tagRefusals(pinFiles: PinFiles): (found: Found) => TagRefusal {
  const moverOf = tagMovers(pinFiles);
  return (found) => {
    const moveTag = moverOf(found);
    return (site, follows, wantedTag) => {
      try {
        tagEdits({ site, follows, wantedTag, settings: { moveTag } });
        return undefined;
      } catch (error) {
        if (error instanceof PullpinError) return error.message;
        throw error;
      }
    };
  };
}

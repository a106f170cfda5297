import { PullpinError } from '../../../errors.js';
import { checkSystems } from '../../../nix/render/values/images.js';
import { formatPlatform, type Platform, systemOfPlatform } from '../../../oci/platform.js';
import { formatReference } from '../../../oci/reference.js';
import { onePerSystem, openPlatforms } from '../../../pin/platforms.js';
import { SharedImage, type SharingSettings } from '../../../pin/shared-image.js';
import { type NamedImage, referenceOf } from '../../options/operands.js';
import type { WantedPlatform, WantedPlatforms } from '../../options/platforms.js';
import type { Sources } from '../../resources/sources.js';
import type { Report } from '../../terminal/report.js';

/** One requested pin: an image for a platform. */
export interface WantedPin {
  /** The name that the user typed. */
  readonly text: string;
  readonly image: NamedImage;
  readonly platform: WantedPlatform | undefined;
  /** The data that the pins of an image share; undefined for an image with one pin. */
  readonly shared?: SharedImage | undefined;
}

/** Settings that decide which pins an image gets. */
export interface WantedPinsRequest {
  readonly platforms: WantedPlatforms;
  /** Whether the pins of an image differ by their Nix systems. */
  readonly isPerSystem: boolean;
  readonly sources: Sources;
  readonly sharing: SharingSettings;
  readonly report: Report;
}

/** Throws a UsageError for platforms that cannot be in the same text. */
export function checkWantedPlatforms(platforms: WantedPlatforms): void {
  if (platforms === 'all') return;
  checkSystems(
    platforms.map((each) => ({ platform: formatPlatform(each), system: each.system ?? systemOfPlatform(each) })),
  );
}

/** The pins of one image. A wrong name and a failed look-up are one problem, for any number of platforms. */
export async function wantedPins(image: NamedImage, request: WantedPinsRequest): Promise<WantedPin[]> {
  const { text } = image;
  const { platforms, sources } = request;
  if ('error' in image) return [{ text, image, platform: undefined }];
  if (platforms !== 'all' && platforms.length < 2) return [{ text, image, platform: platforms[0] }];
  const shared = new SharedImage(sources.of(image.reference), request.sharing);
  try {
    const found = await openPlatforms(shared, image.reference, { platforms, cache: sources.cache });
    if (!found) {
      // The image is for one platform. Each one that was named gets it, with a warning.
      const named = platforms === 'all' ? [undefined] : platforms;
      return named.map((platform) => ({ text, image, platform, shared }));
    }
    const wanted = platforms === 'all' ? allOf(image, found, request) : platforms;
    if (wanted.length === 0) return [{ text, image, platform: undefined }];
    return wanted.map((platform) => ({ text, image, platform, shared }));
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    return [{ text, image: { text, error }, platform: undefined }];
  }
}

/** All platforms of an image, or those that have a Nix system of their own. */
function allOf(image: NamedImage, found: readonly Platform[], { isPerSystem, report }: WantedPinsRequest) {
  if (!isPerSystem) return found;
  const { chosen, omitted } = onePerSystem(found);
  if (omitted.length > 0) {
    const names = omitted.map(formatPlatform).join(', ');
    report.warning(
      `${formatReference(referenceOf(image))}: no Nix system is left for ${names}, so the text omits them`,
    );
  }
  return chosen;
}

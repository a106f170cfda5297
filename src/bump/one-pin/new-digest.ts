import { PullpinError } from '../../errors.js';
import { choosePlatform, isChosenByNix } from '../../oci/choose-platform.js';
import { type Digest, isDigest, parseDigest } from '../../oci/digest.js';
import type { ImageIndex } from '../../oci/manifest.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import type { RepositoryLookUps } from '../../pin/look-ups.js';
import { SiteError } from '../../recipe/site-error.js';
import type { DigestPolicy } from '../site/site-settings.js';
import type { SiteNotice } from './pin-change.js';
import type { PinPlatform } from './pin-platform.js';

/** The digest that a pin should have. `isChosen` is true when the digest itself depends on the platform. */
export interface NewDigest extends PinPlatform {
  readonly digest: Digest;
  readonly isChosen: boolean;
  /** The index that lists the digest, when it was chosen from one. */
  readonly index?: Digest;
  readonly notice?: SiteNotice;
}

export interface NewDigestRequest {
  readonly lookUps: RepositoryLookUps;
  /** What the pin's tag resolves to now. */
  readonly latest: Digest;
  /** The digest in the pin, or the placeholder for it. */
  readonly written: string;
  readonly policy: DigestPolicy;
  /** Whether the pin gives its platform. */
  readonly isPlatformWritten: boolean;
  /** Whether a pin of the image of this platform may have an index in its place. */
  readonly mayBeIndex: (old: Platform) => boolean;
  /** Finds the platform that the pin is for when it goes through an index. It may cost a request, so it is called only when needed. */
  readonly platformOfPin: () => Promise<PinPlatform>;
  /** The same without regard to what the old hash was of, which was not chosen by an index. */
  readonly platformThroughIndex: () => Promise<PinPlatform>;
}

/**
 * The digest that a pin should have now. It costs no request when nothing has changed; for a pin of one platform's manifest, it looks into
 * the index. Throws a PullpinError.
 */
export async function newDigest(request: NewDigestRequest): Promise<NewDigest> {
  const { lookUps, latest, written, policy, platformOfPin } = request;
  const whole = async () => ({ digest: latest, isChosen: false, ...(await platformOfPin()) });
  if (policy !== 'platform' && (written === latest || !isDigest(written))) return whole();
  const index = await lookUps.manifest(latest);
  if (index.type === 'image') return whole();
  if (policy === 'platform') return chosen(index, await platformOfPin());
  if (!isDigest(written)) return whole();
  if (policy === 'keep' && index.entries.some(({ digest }) => digest === written))
    return {
      digest: written,
      isChosen: true,
      index: latest,
      platform: (await platformOfPin()).platform,
      isAssumed: false,
    };
  const old = await platformOfOldPin(written, request);
  if (!old) return whole();
  if (policy === 'keep' && request.mayBeIndex(old)) {
    return { digest: latest, isChosen: false, ...(await request.platformThroughIndex()), notice: nowIndex(old) };
  }
  if (policy === 'keep') {
    const kept = chosen(index, { platform: old, isAssumed: false });
    return request.isPlatformWritten ? kept : { ...kept, notice: onOnePlatform(old, latest) };
  }
  if (!isChosenByNix(index, old)) throw unreachable(old);
  // With the new index, Nix takes the platform of the machine, unless the pin gives one.
  return { digest: latest, isChosen: false, platform: old, isAssumed: (await platformOfPin()).isAssumed };
}

function chosen(index: ImageIndex, pin: PinPlatform): NewDigest {
  const digest = parseDigest(choosePlatform(index, pin.platform).digest);
  return { digest, isChosen: true, index: index.stored.digest, ...pin };
}

/**
 * The platform of the image that was pinned, when the pin has the digest of one platform's manifest. Undefined for an index, and for a
 * digest that the registry no longer has: most pins have the digest that their tag resolves to.
 */
async function platformOfOldPin(
  written: Digest,
  { lookUps, platformOfPin }: NewDigestRequest,
): Promise<Platform | undefined> {
  try {
    const old = await lookUps.manifest(written);
    if (old.type === 'index') return undefined;
    const { platform } = await lookUps.facts(old);
    return platform ?? (await platformOfPin()).platform;
  } catch (error) {
    if (error instanceof PullpinError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

function nowIndex(old: Platform): SiteNotice {
  const message = `its digest was of one image; its tag is an index, so the pin now gets the index: to stay on ${formatPlatform(old)}, run with --digest platform`;
  return { code: 'index-now', message };
}

function onOnePlatform(old: Platform, latest: Digest): SiteNotice {
  const message = `its tag is an index, and the pin stays on ${formatPlatform(old)} as before: for all platforms, run with --digest index or write ${latest}`;
  return { code: 'one-platform', message };
}

function unreachable(platform: Platform): SiteError {
  return new SiteError(
    'variant',
    `it is for ${formatPlatform(platform)}, which pullImage cannot choose from an index: omit --digest index`,
  );
}

import { PullpinError } from '../errors.js';
import { type FollowedTag, followedTag } from '../list/follow.js';
import { platformAttributes } from '../nix/edit/add-attributes.js';
import type { FileEdit } from '../nix/edit/edit.js';
import type { PinHash, PinSite } from '../nix/find/pin-site.js';
import { formatHash } from '../nix/literals/hash.js';
import { type Digest, isDigest } from '../oci/digest.js';
import type { ImageManifest } from '../oci/manifest.js';
import { DEFAULT_PLATFORM, type Platform } from '../oci/platform.js';
import { splitName } from '../oci/reference.js';
import type { Images, RepositoryLookups } from '../pin/look-ups.js';
import type { Change, SiteOutcome } from './change.js';
import { SiteError } from './site-error.js';
import { rewriteOrFail, targetOf, textOf, writtenPlatform } from './site-text.js';
import { type DigestPolicy, type PinPlatform, type TargetDigest, targetDigest } from './target-digest.js';
import { versionEdits, versionOf } from './versions.js';

export interface SiteSettings {
  /** For pins that go through an index and say no architecture. */
  readonly platform?: Platform;
  readonly assumeTag?: string;
  readonly digest: DigestPolicy;
  /** `all` plans digests and hashes; `digests` only finds out what is outdated; `hashes` recomputes the hashes of the digests as written. */
  readonly work: 'all' | 'digests' | 'hashes';
  /** Whether pins that go through an index and say no architecture get `os` and `arch`. */
  readonly addArch?: boolean;
  /** The text of a file that pins are written in. */
  readonly read: (path: string) => string | undefined;
}

/** Decides what becomes of one pin. Throws a PullpinError: a SiteError when its text is the trouble, else what a look-up failed with. */
export async function planSite(site: PinSite, images: Images, settings: SiteSettings): Promise<SiteOutcome> {
  if (site.isFrozen) return { state: 'frozen' };
  const follows = followedTag(site, settings.assumeTag);
  if (!follows && settings.work !== 'hashes') return { state: 'untracked' };
  if (isWithoutHash(site)) {
    throw new SiteError('no-hash', 'no hash stands beside its digest, and the digest alone must not be moved');
  }
  return new SitePlanner(site, images, settings, follows).plan();
}

/** Asks what the pin's tag resolves to, should `planSite` need to know: it then meets the answer, or the failure, on its way. Never throws. */
export async function askAhead(site: PinSite, images: Images, { assumeTag, work }: SiteSettings): Promise<void> {
  const follows = site.isFrozen || work === 'hashes' ? undefined : followedTag(site, assumeTag);
  if (!follows || isWithoutHash(site)) return;
  try {
    await lookupsOf(site, images).resolve(follows.tag);
  } catch {
    // Nobody knows yet whether it matters.
  }
}

function isWithoutHash({ hashes, form }: PinSite): boolean {
  return hashes.length === 0 && form !== 'oci-string';
}

function lookupsOf({ imageName, tlsVerify }: PinSite, images: Images): RepositoryLookups {
  return images.repository({ ...splitName(imageName.text), unverified: tlsVerify === false });
}

class SitePlanner {
  private readonly lookups: RepositoryLookups;
  private readonly written: string;

  constructor(
    private readonly site: PinSite,
    images: Images,
    private readonly settings: SiteSettings,
    private readonly follows: FollowedTag | undefined,
  ) {
    this.lookups = lookupsOf(site, images);
    this.written = site.imageDigest.text;
  }

  async plan(): Promise<SiteOutcome> {
    const wanted = await this.wantedDigest();
    const isMoved = wanted.digest !== this.written;
    const needsHash = this.settings.work === 'hashes' || this.site.hashes.some(({ isPlaceholder }) => isPlaceholder);
    if (!isMoved && !needsHash && !this.mayNeedArch()) return { state: 'current' };
    if (this.settings.work === 'digests') return { state: 'changed', change: this.outdated(wanted) };
    const change = await this.change(wanted);
    return change.edits.length === 0 && !isMoved ? { state: 'current' } : { state: 'changed', change };
  }

  private async wantedDigest(): Promise<TargetDigest> {
    const { written, lookups, settings } = this;
    if (settings.work !== 'hashes' && this.follows) {
      const latest = await lookups.resolve(this.follows.tag);
      return targetDigest(lookups, latest, written, () => this.platform(), settings.digest);
    }
    if (isDigest(written)) return { digest: written, isChosen: false, ...(await this.platform()) };
    throw new SiteError(
      'no-digest',
      'it has no digest whose hash could be computed: run pullpin bump without --hashes',
    );
  }

  /** The platform that the pin is for: it says so, or its hash is known to be of one platform's image, or it is assumed. */
  private async platform(): Promise<PinPlatform> {
    const known = writtenPlatform(this.site) ?? (await this.platformOfHash());
    return { platform: known ?? this.settings.platform ?? DEFAULT_PLATFORM, isAssumed: known === undefined };
  }

  private async platformOfHash(): Promise<Platform | undefined> {
    const written = this.site.hashes.find(({ isPlaceholder }) => !isPlaceholder)?.written;
    if (!written || !isDigest(this.written)) return undefined;
    return ifThere(this.lookups.platformOfHash(this.written, written.hash, targetOf(this.site)));
  }

  /** Whether `arch` is to be added should the pin turn out to go through an index. */
  private mayNeedArch(): boolean {
    const { site, settings } = this;
    const isOpen = site.hashes.length > 0 && writtenPlatform(site) === undefined;
    return settings.addArch === true && settings.work !== 'digests' && isOpen;
  }

  private outdated({ digest }: TargetDigest): Change {
    return { ...this.plainChange(), to: { digest }, edits: [] };
  }

  private plainChange(): Pick<Change, 'site' | 'follows' | 'from'> {
    const { site, follows } = this;
    const [hash] = site.hashes;
    const from = { digest: this.written, ...(hash?.value.kind === 'text' && { hash: hash.value.text }) };
    return { site, ...(follows && { follows }), from };
  }

  private async change(wanted: TargetDigest): Promise<Change> {
    const { site, follows, settings } = this;
    const { digest, platform } = wanted;
    const plain = this.plainChange();
    const digestEdits = rewriteOrFail(site.imageDigest, digest, 'the digest');
    const assumed = (await this.isAssumed(wanted)) ? { platformAssumed: platform } : {};
    const wantsVersions = site.hashes.length > 0 || site.notes.length > 0;
    if (!wantsVersions) return { ...plain, to: { digest }, edits: digestEdits, ...assumed };

    const image = await this.lookups.image(digest, platform);
    const old = await this.oldImage(platform);
    const isSame = old?.stored.digest === image.stored.digest && settings.work === 'all';
    const hashes = await Promise.all(site.hashes.map((each) => this.newHash(each, image, isSame)));
    const hashEdits = hashes.flatMap((text, at) =>
      rewriteOrFail(textOf(site.hashes[at]?.value, 'the hash'), text, 'the hash'),
    );
    const [oldVersion, version] = [await this.version(old), await this.version(image)];
    return {
      ...plain,
      from: { ...plain.from, ...(oldVersion !== undefined && { version: oldVersion }) },
      to: { digest, ...(hashes[0] !== undefined && { hash: hashes[0] }), ...(version !== undefined && { version }) },
      edits: [
        ...digestEdits,
        ...hashEdits,
        ...versionEdits(site, follows, oldVersion, version),
        ...(await this.archEdits(wanted)),
      ],
      ...assumed,
    };
  }

  /** Through an index, Nix builds for the platform of the machine unless the pin says which. */
  private async isAssumed({ digest, isAssumed, isChosen }: TargetDigest): Promise<boolean> {
    if (!isAssumed) return false;
    return isChosen || (this.site.hashes.length > 0 && (await this.goesThroughIndex(digest)));
  }

  private async goesThroughIndex(digest: Digest): Promise<boolean> {
    return (await this.lookups.manifest(digest)).type === 'index';
  }

  private async archEdits({ digest, platform }: TargetDigest): Promise<FileEdit[]> {
    if (!this.mayNeedArch() || !(await this.goesThroughIndex(digest))) return [];
    const edit = platformAttributes(this.site, platform, this.settings.read);
    if (edit) return [edit];
    throw new SiteError(
      'arch',
      `arch cannot be added to it: write arch = "${platform.architecture}"; where it is called`,
    );
  }

  /** The new text of a hash, in the form in which the old one is written. */
  private async newHash(hash: PinHash, image: ImageManifest, isSame: boolean): Promise<string> {
    const { text } = textOf(hash.value, 'the hash');
    if (isSame && !hash.isPlaceholder) return text;
    const { sha256 } = await this.lookups.prefetch(image, targetOf(this.site));
    if (hash.written?.hash === sha256) return text;
    const { format = 'sri', prefixed = false } = hash.written ?? {};
    const written =
      format === 'base64' ? formatHash(sha256, 'sri').slice('sha256-'.length) : formatHash(sha256, format);
    return `${prefixed ? 'sha256:' : ''}${written}`;
  }

  /** The image as it is pinned, if the registry still has it: when it is the new one too, its hash is still right. */
  private async oldImage(platform: Platform): Promise<ImageManifest | undefined> {
    return isDigest(this.written) ? ifThere(this.lookups.image(this.written, platform)) : undefined;
  }

  private async version(image: ImageManifest | undefined): Promise<string | undefined> {
    return image && versionOf(await ifThere(this.lookups.facts(image)));
  }
}

/** What comes of a look-up that is not needed, only of use. */
async function ifThere<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}

import { isDeepStrictEqual } from 'node:util';
import { ifAvailable } from '../../concurrency/if-available.js';
import { toListedPin } from '../../list/listed-pin.js';
import { platformAttributes } from '../../nix/edit/add-attributes.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinHash, PinSite } from '../../nix/find/pin-site.js';
import { parseHash } from '../../nix/literals/hash.js';
import { rangeKey } from '../../nix/values/value.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import type { ImageManifest } from '../../oci/manifest.js';
import type { Platform } from '../../oci/platform.js';
import type { Target } from '../../prefetch/targets/target.js';
import { hashText } from '../../recipe/hash-text.js';
import { remember, toProvenRecipe } from '../../recipe/recipe.js';
import { SiteError } from '../../recipe/site-error.js';
import { textOrFail, writtenPlatform } from '../../recipe/site-text.js';
import { rewriteOrFail } from '../site/rewrite.js';
import { type TrackedPin, tagMove } from '../site/tracked-pin.js';
import { tagEdits } from '../tag/tag-edits.js';
import { hashPlatform } from './hash-platform.js';
import { changeDetails } from './image-details.js';
import { layeredEdits } from './layered-edits.js';
import type { NewDigest } from './new-digest.js';
import type { PinChange, PinnedValues } from './pin-change.js';
import { finalNames, targetAfter, targetBefore } from './pin-target.js';
import { type Versions, versionEdits, versionOf } from './versions.js';

/** A change that only says that the pin is outdated. Throws a SiteError when the digest or the tag could not be written. */
export function outdated(pin: TrackedPin, { digest }: NewDigest): PinChange {
  const { site, settings } = pin;
  rewriteOrFail(site.imageDigest, digestText(pin, digest), 'the digest');
  tagEdits(pin);
  const to = { tag: newTag(pin), digest, hash: undefined, version: undefined };
  return {
    pin: toListedPin(site, settings.assumeTag),
    from: oldValues(pin),
    to,
    edits: [],
    platformAssumed: undefined,
  };
}

/** The change with what the old and the new image say of themselves, where the run asks for that. Never throws. */
export async function withDetails(change: PinChange, pin: TrackedPin, to: NewDigest): Promise<PinChange> {
  if (!pin.settings.details || change.from.digest === change.to.digest) return change;
  const images = {
    from: await oldImage(pin, to.platform),
    to: await ifAvailable(pin.lookUps.image(to.digest, to.platform)),
  };
  const { from, to: after, layers } = await changeDetails(images, pin.lookUps);
  return { ...change, from: { ...change.from, image: from }, to: { ...change.to, image: after }, layers };
}

/** Plans how a pin gets its new digest, and all other changes that the new digest needs. Throws a PullpinError. */
export async function planChange(pin: TrackedPin, wanted: NewDigest): Promise<PinChange> {
  const { site, follows, settings } = pin;
  const platform = await hashPlatform(pin, wanted);
  const to = { ...wanted, platform: platform ?? wanted.platform };
  // This comes first: when the digest cannot be written, there is no reason to download the image.
  const digestEdits = rewriteOrFail(site.imageDigest, digestText(pin, to.digest), 'the digest');
  const ofTag = tagEdits(pin);
  const target = platform && targetAfter(pin, [...digestEdits, ...ofTag]);
  const partEdits = await layeredEdits(pin, to);
  const { texts: hashes, storePath } = await newHashes(pin, to, target);
  const versions = await versionsOf(pin, to);
  return {
    pin: toListedPin(site, settings.assumeTag),
    from: { ...oldValues(pin), version: versions.from },
    to: {
      tag: newTag(pin),
      digest: to.digest,
      hash: platform ? hashes[0] : oldValues(pin).hash,
      version: versions.to,
    },
    edits: [
      ...digestEdits,
      ...ofTag,
      ...partEdits,
      ...hashEdits(site, hashes),
      ...versionEdits(site, follows, versions).filter(
        (edit) => !ofTag.some((other) => rangeKey(other) === rangeKey(edit)),
      ),
      ...(await archEdits(pin, to)),
    ],
    platformAssumed: (await isPlatformAssumed(pin, to)) ? to.platform : undefined,
    proven: pin.recipe && toProvenRecipe(pin.recipe),
    storePath,
    unchanged: platform
      ? undefined
      : 'the index has no image of the platforms that are left for its hash, so the hash stays',
  };
}

/** What is written for a digest; an image string without one is written anew as a whole. */
function digestText(pin: TrackedPin, digest: Digest): string {
  const { withoutDigest, imageName } = pin.site;
  if (withoutDigest === undefined) return digest;
  return tagMove(pin) ? `${imageName.text}:${newTag(pin)}@${digest}` : `${withoutDigest}@${digest}`;
}

/** The tag that a pin will have; undefined when nothing says which tag it has. */
function newTag({ wantedTag, follows }: TrackedPin): string | undefined {
  return wantedTag ?? follows?.tag;
}

function oldValues({ site, follows }: TrackedPin): PinnedValues {
  const { imageDigest, hashes } = site;
  const text = hashes[0]?.value.kind === 'text' ? hashes[0].value.text : undefined;
  return { tag: follows?.tag, digest: imageDigest.text, hash: text, version: undefined };
}

/** The new texts of a pin's hashes, and the store path of the hashed file when the run keeps it in the Nix store. */
interface NewHashes {
  readonly texts: readonly string[];
  readonly storePath: string | undefined;
}

/** The new texts of a pin's hashes, each in the form in which the old one is written. */
async function newHashes(
  pin: TrackedPin,
  { digest, platform }: NewDigest,
  target: Target | undefined,
): Promise<NewHashes> {
  const { site, lookUps, settings } = pin;
  if (!target) return { texts: [], storePath: undefined };
  const image = await lookUps.image(digest, platform);
  const old = settings.mode === 'all' ? await oldImage(pin, platform) : undefined;
  const isSame = old?.stored.digest === image.stored.digest && isDeepStrictEqual(target, targetBefore(pin));
  const made = await Promise.all(site.hashes.map((hash) => newHash(pin, hash, { image, target, isSame })));
  const texts = made.map(({ text }) => text);
  const [text] = texts;
  if (pin.recipe && text !== undefined) remember(lookUps.cache, parseHash(text).hash, { target, platform });
  return { texts, storePath: made.find(({ storePath }) => storePath !== undefined)?.storePath };
}

/** The text of a hash, and the store path of the hashed file when the run keeps it in the Nix store. */
interface NewHash {
  readonly text: string;
  readonly storePath?: string | undefined;
}

async function newHash(
  { site, lookUps, settings }: TrackedPin,
  { value, written, isPlaceholder }: PinHash,
  { image, target, isSame }: { image: ImageManifest; target: Target; isSame: boolean },
): Promise<NewHash> {
  const { text } = textOrFail(value, 'the hash');
  if (isSame && !isPlaceholder && !settings.keepsArchives) return { text };
  const { sha256, storePath } = await lookUps.prefetchForPin(image, target, finalNames(site, target));
  return { text: written?.hash === sha256 ? text : hashText({ written }, sha256), storePath };
}

function hashEdits({ hashes }: PinSite, texts: readonly string[]): FileEdit[] {
  return texts.flatMap((text, at) => rewriteOrFail(textOrFail(hashes[at]?.value, 'the hash'), text, 'the hash'));
}

/** The versions of the old and the new image, as far as they are known. */
async function versionsOf(pin: TrackedPin, { digest, platform }: NewDigest): Promise<Versions> {
  const { site, lookUps } = pin;
  if (site.hashes.length === 0 && site.notes.length === 0) return { from: undefined, to: undefined };
  const version = async (image: ImageManifest | undefined): Promise<string | undefined> =>
    image && versionOf(image, await ifAvailable(lookUps.facts(image)));
  return {
    from: await version(await oldImage(pin, platform)),
    to: await version(await ifAvailable(lookUps.image(digest, platform))),
  };
}

/** The image that is pinned now, if the registry still has it. */
async function oldImage({ site, lookUps }: TrackedPin, platform: Platform): Promise<ImageManifest | undefined> {
  const written = site.imageDigest.text;
  return isDigest(written) ? ifAvailable(lookUps.image(written, platform)) : undefined;
}

/** Whether the pin needs `arch` if its digest is that of an index. */
export function mayNeedArch({ site, settings }: TrackedPin): boolean {
  const isOpen = site.hashes.length > 0 && !site.sharedByArchitectures && writtenPlatform(site) === undefined;
  return settings.addArch && settings.mode !== 'digests' && isOpen;
}

async function archEdits(pin: TrackedPin, { digest, platform }: NewDigest): Promise<FileEdit[]> {
  if (!mayNeedArch(pin) || !(await goesThroughIndex(pin, digest))) return [];
  const edit = platformAttributes(pin.site, platform, pin.settings.read);
  if (edit) return [edit];
  throw new SiteError(
    'arch',
    `arch cannot be added to it: write arch = "${platform.architecture}"; where it is called`,
  );
}

/** With an index, Nix takes the platform of the machine unless the pin gives one. */
async function isPlatformAssumed(pin: TrackedPin, { digest, isAssumed, isChosen }: NewDigest): Promise<boolean> {
  if (!isAssumed) return false;
  return isChosen || (pin.site.hashes.length > 0 && (await goesThroughIndex(pin, digest)));
}

async function goesThroughIndex({ lookUps }: TrackedPin, digest: Digest): Promise<boolean> {
  return (await lookUps.manifest(digest)).type === 'index';
}

import { archiveName } from '../archive/docker-archive.js';
import { checkWord } from '../errors.js';
import { fromProcess } from '../machine/machine.js';
import type { Needs, PinAttributes } from '../nix/render/values/template-values.js';
import type { Digest } from '../oci/digest.js';
import { type ImageFacts, imageFacts } from '../oci/image-facts.js';
import type { ImageSource } from '../oci/image-source.js';
import type { ImageManifest } from '../oci/manifest.js';
import { DEFAULT_PLATFORM, type Platform, toPlatform } from '../oci/platform.js';
import { type Reference, type RepositoryName, toReference } from '../oci/reference.js';
import { prefetch } from '../prefetch/prefetch.js';
import type { Target } from '../prefetch/targets/target.js';
import { startServedCheck } from './check-served.js';
import type { FinalNames, KeptArchive, KeptPrefetch } from './keep-archive.js';
import { type LookUpSettings, openImage } from './open-image.js';
import { isSame, pinWarnings } from './pin-warnings.js';
import { type DigestChoice, type Resolution, resolve } from './resolve.js';

/** Where an image is looked up, and what its pin is to be. */
export type PinSettings = LookUpSettings & {
  readonly digest?: DigestChoice | undefined;
  /** The Nix system that the pin is for, such as `aarch64-darwin`; that of the platform when omitted. */
  readonly system?: string | undefined;
  /** What is hashed; `docker-archive` when omitted. */
  readonly target?: Needs | undefined;
  /** The name and the tag inside the archive; as in the reference when omitted. */
  readonly finalName?: string | undefined;
  readonly finalTag?: string | undefined;
  /** Where a layer is kept that has to be read twice; that of this process when omitted. */
  readonly temporaryFolder?: string | undefined;
  /** The largest layer that is kept there, in bytes, and the largest one whose size the manifest does not give; 8 GiB when omitted. */
  readonly maxSpool?: number | undefined;
  /** Where the archive is kept; nowhere when omitted, because nothing is written to hash it. */
  readonly keep?: KeptArchive | undefined;
  /**
   * Another program that makes what Nix would fetch of an image of a registry, and hashes it: the archive with this name and tag inside, or the folder of
   * nix2container. With `isCompared`, pullpin computes the hash as well, and both must be the same.
   */
  readonly backend?:
    | {
        readonly isCompared: boolean;
        /** The hash and the size, in bytes, of what Nix would fetch. */
        hash(
          image: { readonly name: RepositoryName; readonly digest: Digest; readonly tlsVerify: boolean },
          archive: { readonly name: string; readonly tag: string } | undefined,
        ): Promise<{ readonly sha256: Digest; readonly size: number }>;
      }
    | undefined;
  /**
   * Throws for an image that must be signed and is not, before anything is downloaded. `digests` has the digest of the pin, and behind it that of the
   * index that it was chosen from.
   */
  readonly checkSignature?:
    | ((image: {
        readonly name: RepositoryName;
        readonly source: ImageSource;
        readonly digests: readonly Digest[];
      }) => Promise<void>)
    | undefined;
  /** Called as the image arrives: how many bytes of its blobs have been received, of how many. */
  readonly onProgress?: ((progress: { readonly received: number; readonly total: number }) => void) | undefined;
};

/** An image that is pinned. */
export interface Pin extends PinAttributes {
  readonly reference: Reference;
  readonly target: Needs;
  /** The manifest of the platform. */
  readonly platformDigest: Digest;
  readonly manifest: ImageManifest;
  /** What the image's config says; absent where nothing was downloaded. */
  readonly facts?: ImageFacts | undefined;
  /** Bytes of the archive that Nix fetches; absent where nothing was hashed. */
  readonly archiveSize?: number | undefined;
  /** Where the Nix store has that archive; absent where it was not to be kept there. */
  readonly storePath?: string | undefined;
  readonly warnings: readonly string[];
}

/**
 * Pins an image, such as `redis:7.4`: looks its digest up, downloads it and hashes what Nix will fetch. Nothing is downloaded for the target
 * `none`. Throws a PullpinError.
 *
 * @example
 * ```js
 * import { connectRegistries, formatHash, fromProcess, pinImage } from 'pullpin';
 *
 * const registries = await connectRegistries(fromProcess());
 * const { imageDigest, hash } = await pinImage('redis:7.4', { registries, platform: 'linux/arm64' });
 * console.log(imageDigest); // sha256:d00a7d8ed3848f32b407b52e705df94e876eea37dc10b0fa55bd0c3f57fb4371
 * console.log(hash && formatHash(hash, 'sri')); // sha256-mzCdeCnhCJL4qSGPPK4nwWamI7/kYckyO2BYFTSbdsQ=
 * await registries.close();
 * ```
 */
export async function pinImage(image: Reference | string, settings: PinSettings): Promise<Pin> {
  const { digest, temporaryFolder = fromProcess().temporaryFolder } = settings;
  const request = toRequest(image, settings);
  const { reference, platform, target, names } = request;
  const what = target === 'none' ? undefined : prefetchTarget(target, names);
  const { source, tagOrDigest } = openImage(reference, settings);
  // The tag is asked for first: what was remembered must not keep it waiting.
  const resolving = resolve({ source, tagOrDigest, platform, digest });
  // A layout on this machine is whole or broken, and Nix does not ask it.
  const isHere = settings.from?.digest !== undefined;
  const checkResolution = isHere ? undefined : startServedCheck({ ...settings, source, reference, platform });
  const resolution = await resolving;
  const { manifest } = resolution;
  await settings.checkSignature?.({ name: reference, source, digests: signedDigests(resolution) });
  const by = settings.backend && { backend: settings.backend, name: reference, isVerified: () => source.tlsVerify };
  const [prefetched] = await Promise.all([
    what && fetched({ ...settings, source, manifest, temporaryFolder, by }, what, names),
    checkResolution?.(resolution),
  ]);
  return assemble(request, source.tlsVerify, resolution, prefetched);
}

/** A signature of an index covers what the index lists. */
function signedDigests({ imageDigest, index }: Resolution): Digest[] {
  return [...new Set([imageDigest, ...(index ? [index.stored.digest] : [])])];
}

async function fetched(
  request: Parameters<typeof prefetch>[0] & Pick<PinSettings, 'keep'>,
  target: Target,
  names: FinalNames,
): Promise<KeptPrefetch> {
  if (!request.keep) return prefetch(request, target);
  const { keepArchive } = await import('./keep-archive.js');
  return keepArchive(request, target, request.keep, names);
}

/** The settings of a pin, each with a value. */
interface PinRequest {
  readonly reference: Reference;
  readonly platform: Platform;
  /** Whether the platform was asked for. */
  readonly isPlatformGiven: boolean;
  readonly system: string | undefined;
  readonly target: Needs;
  readonly names: FinalNames;
  /** Whether a tag was given for what is hashed. */
  readonly isTagGiven: boolean;
}

function toRequest(image: Reference | string, settings: PinSettings): PinRequest {
  const { platform = DEFAULT_PLATFORM, target = 'docker-archive', finalName, finalTag } = settings;
  checkWord('digest', settings.digest, ['index', 'platform']);
  checkWord('target', target, ['docker-archive', 'nar', 'none']);
  const reference = toReference(image);
  return {
    reference,
    platform: toPlatform(platform),
    isPlatformGiven: settings.platform !== undefined,
    system: settings.system,
    target,
    names: { finalImageName: finalName ?? reference.name, finalImageTag: finalTag ?? reference.tag ?? 'latest' },
    isTagGiven: reference.tag !== undefined || finalTag !== undefined || reference.digest === undefined,
  };
}

/** A name that skopeo would refuse is reported before anything is downloaded. */
function prefetchTarget(target: 'docker-archive' | 'nar', { finalImageName, finalImageTag }: FinalNames): Target {
  return target === 'nar'
    ? { type: 'nar' }
    : { type: 'docker-archive', name: archiveName(finalImageName, finalImageTag) };
}

function assemble(
  request: PinRequest,
  tlsVerify: boolean,
  { imageDigest, manifest, index, warnings }: Resolution,
  prefetched: KeptPrefetch | undefined,
): Pin {
  const { reference, target, names } = request;
  const facts = prefetched && imageFacts(prefetched.config);
  const platform = index ? request.platform : (facts?.platform ?? request.platform);
  const tag = reference.tag ?? (reference.digest ? undefined : 'latest');
  return {
    reference,
    target,
    imageName: reference.name,
    imageDigest,
    hash: prefetched?.sha256,
    archiveSize: prefetched?.size,
    storePath: prefetched?.storePath,
    ...names,
    tag,
    os: platform.os,
    arch: platform.architecture,
    variant: platform.variant,
    system: isSame(platform, request.platform) ? request.system : undefined,
    platformMatters: index !== undefined || !isSame(platform, DEFAULT_PLATFORM),
    tlsVerify,
    indexDigest: index?.stored.digest,
    platformDigest: manifest.stored.digest,
    manifest,
    facts,
    warnings: [...warnings, ...pinWarnings(request, facts?.platform, tlsVerify)],
  };
}

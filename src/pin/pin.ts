import { archiveName } from '../archive/docker-archive.js';
import type { Cache } from '../cache/cache.js';
import { CachedSource } from '../cache/cached-source.js';
import type { PinAttributes } from '../nix/render/template-values.js';
import type { Needs } from '../nix/render/templates.js';
import type { Digest } from '../oci/digest.js';
import { type ImageFacts, imageFacts } from '../oci/image-facts.js';
import type { ImageSource } from '../oci/image-source.js';
import type { ImageManifest } from '../oci/manifest.js';
import { DEFAULT_PLATFORM, formatPlatform, type Platform } from '../oci/platform.js';
import { formatRepository, type Reference, tagOrDigestOf } from '../oci/reference.js';
import type { OnProgress } from '../prefetch/download/read-ahead.js';
import { prefetch } from '../prefetch/prefetch.js';
import type { Prefetched, Target } from '../prefetch/targets/target.js';
import { type DigestChoice, type Resolution, resolve } from './resolve.js';

export interface PinRequest {
  readonly reference: Reference;
  readonly source: ImageSource;
  /** What to look up in the source, in place of the reference's tag or digest: an image that is not in its registry yet. */
  readonly sourceDigest?: Digest;
  /** linux/amd64 when absent. */
  readonly platform?: Platform;
  readonly digest?: DigestChoice;
  /** What is hashed; `docker-archive` when absent. */
  readonly target?: Needs;
  /** The name and the tag inside the archive; as in the reference when absent. */
  readonly finalName?: string;
  readonly finalTag?: string;
  /** Where a layer is kept that has to be read twice. */
  readonly temporaryFolder: string;
  readonly onProgress?: OnProgress;
  /** Where manifests and hashes are kept between runs. */
  readonly cache?: Cache;
}

/** An image that is pinned. */
export interface Pin extends PinAttributes {
  readonly reference: Reference;
  readonly target: Needs;
  /** What the tag resolves to when that is an index. */
  readonly indexDigest?: Digest;
  /** The manifest of the platform. */
  readonly platformDigest: Digest;
  readonly manifest: ImageManifest;
  /** What the image's config tells; absent where nothing was downloaded. */
  readonly facts?: ImageFacts;
  /** Bytes of the archive that Nix fetches; absent where nothing was hashed. */
  readonly archiveSize?: number;
  readonly warnings: readonly string[];
}

/**
 * Pins an image: looks its digest up, downloads it and hashes what Nix will fetch. Nothing is downloaded for the target `none`.
 * Throws a PullpinError.
 */
export async function pinImage(request: PinRequest): Promise<Pin> {
  const { reference, sourceDigest, platform = DEFAULT_PLATFORM, digest, target = 'docker-archive' } = request;
  const source = remembering(request);
  const names = finalNames(request);
  const what = target === 'none' ? undefined : prefetchTarget(target, names);
  const tagOrDigest = sourceDigest ?? tagOrDigestOf(reference);
  const resolution = await resolve({ source, tagOrDigest, platform, ...(digest && { digest }) });
  const prefetched = what && (await prefetch({ ...request, source, manifest: resolution.manifest }, what));
  return assemble(request, resolution, platform, names, prefetched);
}

/** What lies on this machine anyway need not be kept. */
function remembering({ source, sourceDigest, cache, reference }: PinRequest): ImageSource {
  return cache && !sourceDigest ? new CachedSource(source, cache, formatRepository(reference)) : source;
}

interface FinalNames {
  readonly finalImageName: string;
  readonly finalImageTag: string;
}

function finalNames({ reference, finalName, finalTag }: PinRequest): FinalNames {
  return { finalImageName: finalName ?? reference.name, finalImageTag: finalTag ?? reference.tag ?? 'latest' };
}

/** A name that skopeo would refuse is found out before anything is downloaded. */
function prefetchTarget(target: 'docker-archive' | 'nar', { finalImageName, finalImageTag }: FinalNames): Target {
  return target === 'nar'
    ? { type: 'nar' }
    : { type: 'docker-archive', name: archiveName(finalImageName, finalImageTag) };
}

function assemble(
  request: PinRequest,
  { imageDigest, manifest, index, warnings }: Resolution,
  wanted: Platform,
  names: FinalNames,
  prefetched: Prefetched | undefined,
): Pin {
  const { reference, source, target = 'docker-archive' } = request;
  const facts = prefetched && imageFacts(prefetched.config);
  const platform = index ? wanted : (facts?.platform ?? wanted);
  const tag = reference.tag ?? (reference.digest ? undefined : 'latest');
  return {
    reference,
    target,
    imageName: reference.name,
    imageDigest,
    ...(prefetched && { hash: prefetched.sha256, archiveSize: prefetched.size }),
    ...names,
    ...(tag !== undefined && { tag }),
    os: platform.os,
    arch: platform.architecture,
    ...(platform.variant && { variant: platform.variant }),
    platformMatters: index !== undefined || !isDefault(platform),
    tlsVerify: source.tlsVerify,
    ...(index && { indexDigest: index.stored.digest }),
    platformDigest: manifest.stored.digest,
    manifest,
    ...(facts && { facts }),
    warnings: [...warnings, ...moreWarnings(request, facts?.platform, names)],
  };
}

function isDefault({ os, architecture }: Platform): boolean {
  return os === DEFAULT_PLATFORM.os && architecture === DEFAULT_PLATFORM.architecture;
}

function moreWarnings(
  { reference, platform, source, target, finalTag }: PinRequest,
  actual: Platform | undefined,
  names: FinalNames,
): string[] {
  const isNamed = reference.tag !== undefined || finalTag !== undefined || reference.digest === undefined;
  const isOther = platform && actual && (platform.os !== actual.os || platform.architecture !== actual.architecture);
  return [
    ...(isNamed || target === 'nar' || target === 'none'
      ? []
      : [`no tag was given, so the image will be called ${names.finalImageName}:latest`]),
    ...(isOther
      ? [`the image is for ${formatPlatform(actual)}, and has no other for ${formatPlatform(platform)}`]
      : []),
    ...(source.tlsVerify
      ? []
      : [`${reference.registry} was reached without verified TLS, so the pin says tlsVerify = false`]),
  ];
}

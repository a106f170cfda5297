import { formatHash } from '../nix/literals/hash.js';
import { VERSION_LABEL } from '../oci/image-facts.js';
import { downloadSize } from '../oci/manifest.js';
import { formatPlatform, systemOfPlatform } from '../oci/platform.js';
import { formatReference } from '../oci/reference.js';
import type { Pin } from './pin.js';

/** A pin in the documented JSON of `pullpin pin --json`, version 1 (docs/json.md). Keys are added in time, never changed or taken away. */
export interface PinJson {
  readonly image: string;
  readonly imageName: string;
  readonly imageDigest: string;
  readonly hash: string | null;
  readonly sha256: string | null;
  readonly finalImageName: string;
  readonly finalImageTag: string;
  readonly os: string;
  readonly arch: string;
  readonly variant: string | null;
  readonly platform: string;
  readonly system: string | null;
  readonly target: string;
  readonly tlsVerify: boolean;
  readonly tag: string | null;
  readonly registry: string;
  readonly repository: string;
  readonly indexDigest: string | null;
  readonly platformDigest: string;
  readonly mediaType: string;
  readonly archiveSize: number | null;
  readonly storePath: string | null;
  readonly downloadSize: number;
  readonly layers: readonly { readonly digest: string; readonly mediaType: string; readonly size: number }[];
  readonly created: string | null;
  readonly version: string | null;
}

/** A pin in the JSON of `pullpin pin --json`. */
export function pinToJson(pin: Pin): PinJson {
  const { reference, manifest, facts, hash } = pin;
  const platform = { os: pin.os, architecture: pin.arch, variant: pin.variant };
  return {
    image: formatReference(reference),
    imageName: pin.imageName,
    imageDigest: pin.imageDigest,
    hash: hash ? formatHash(hash, 'sri') : null,
    sha256: hash ? formatHash(hash, 'nix32') : null,
    finalImageName: pin.finalImageName,
    finalImageTag: pin.finalImageTag,
    os: pin.os,
    arch: pin.arch,
    variant: pin.variant ?? null,
    platform: formatPlatform(platform),
    system: pin.system ?? systemOfPlatform(platform),
    target: pin.target,
    tlsVerify: pin.tlsVerify,
    tag: pin.tag ?? null,
    registry: reference.registry,
    repository: reference.repository,
    indexDigest: pin.indexDigest ?? null,
    platformDigest: pin.platformDigest,
    mediaType: manifest.stored.mediaType,
    archiveSize: pin.archiveSize ?? null,
    storePath: pin.storePath ?? null,
    downloadSize: downloadSize(manifest),
    layers: manifest.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size })),
    created: facts?.created ?? null,
    version: facts?.labels[VERSION_LABEL] ?? null,
  };
}

import type { BlobDigest } from './digest.js';

/** Whether this is a number of bytes. */
export function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Points at a blob or a manifest (OCI image-spec, descriptor.md).
 * `size` is in bytes and only a hint for layers: skopeo never compares it; a config's must be right.
 */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: BlobDigest;
  readonly size: number;
  /** Where a foreign layer is downloaded from instead of the registry. */
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

import { heavyWork } from '../../concurrency/heavy-work.js';
import { PullpinError } from '../../errors.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import type { ImageSource } from '../../oci/image-source.js';
import { type JsonValue, parseJson } from '../../oci/json.js';
import type { ImageManifest } from '../../oci/manifest.js';
import { verified, withoutDamage } from '../../oci/verified.js';
import { ImageRefusedError } from './refusals.js';

/** The largest config that skopeo reads, in bytes. */
const MAX_CONFIG_SIZE = 4 * 1024 * 1024;

/** The config of an image: its bytes as stored, and their digest. */
export interface ImageConfig {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/**
 * Downloads the config of an image and checks it as skopeo does: at most 4 MiB, its digest, its size as the manifest has it.
 * Its contents are not read. Throws a PullpinError.
 */
export async function fetchConfig(
  source: Pick<ImageSource, 'blob' | 'reportDamage'>,
  { config }: ImageManifest,
): Promise<ImageConfig> {
  return withoutDamage(source, () => readConfig(source, config));
}

async function readConfig(source: Pick<ImageSource, 'blob'>, config: Descriptor): Promise<ImageConfig> {
  const { digest, size } = config;
  if (!isDigest(digest))
    throw new ImageRefusedError(`the config has the digest ${digest}, and skopeo accepts only sha256`);
  if (size > MAX_CONFIG_SIZE) throw tooLarge(config);
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of verified(source.blob(config), config)) {
    received += chunk.length;
    if (received > MAX_CONFIG_SIZE) throw tooLarge(config);
    chunks.push(chunk);
  }
  if (size !== received && size !== -1) {
    throw new ImageRefusedError(
      `the config ${digest} has ${received} bytes where the manifest says ${size}: push the image again`,
    );
  }
  return { digest, bytes: Buffer.concat(chunks) };
}

function tooLarge({ digest }: Descriptor): ImageRefusedError {
  return new ImageRefusedError(`the config ${digest} is larger than 4 MiB, the most that skopeo reads`);
}

/** The digests of the uncompressed layers as the config has them; `undefined` where it gives no usable digest. Never throws. */
export function diffIdsOf(config: ImageConfig, count: number): (Digest | undefined)[] {
  const listed = heavyWork(() => diffIdValues(config.bytes).map((value) => value.text() ?? ''), config.bytes.length);
  return Array.from({ length: count }, (_, index) => {
    const diffId = listed.length === count ? listed[index] : undefined;
    return diffId !== undefined && isDigest(diffId) ? diffId : undefined;
  });
}

function diffIdValues(config: Uint8Array): JsonValue[] {
  try {
    const rootfs = lastMember(parseJson(config), 'rootfs');
    return [...((rootfs && lastMember(rootfs, 'diff_ids')?.elements()) ?? [])];
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

function lastMember(object: JsonValue, key: string): JsonValue | undefined {
  return [...object.members()].findLast((member) => member.key === key)?.value;
}

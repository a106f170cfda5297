import { resolve } from 'node:path';
import { oncePerKey } from '../concurrency/once-per-key.js';
import { PullpinError } from '../errors.js';
import type { Digest } from '../oci/digest.js';
import type { ImageSource } from '../oci/image-source.js';
import type { RepositoryName } from '../oci/reference.js';
import { findSignatures } from './find-signatures.js';
import { readKeys, type VerificationKey } from './keys.js';
import { keyFilesFor, type SignatureRule } from './policy.js';
import { SignatureError } from './signature-error.js';
import type { MalformedSignature, Signed } from './signed.js';

/** A pin that is to be made. */
export interface SignedImage {
  readonly name: RepositoryName;
  readonly source: ImageSource;
  /** The digest of the pin; behind it that of an index that lists it, whose signature is good for the pin as well. */
  readonly digests: readonly Digest[];
}

/**
 * Reads the keys of all rules. What it returns passes for an image without a rule and for one that is signed, and throws a SignatureError for any
 * other. Throws a UsageError for a key that cannot be used.
 */
export async function createSignatureCheck(
  rules: readonly SignatureRule[],
  { folder }: { readonly folder: string },
): Promise<(image: SignedImage) => Promise<void>> {
  const keysOf = oncePerKey((file: string) => readKeys(resolve(folder, file)));
  for (const { keyFile } of rules) await keysOf(keyFile);
  return async (image) => {
    const files = keyFilesFor(rules, image.name);
    if (files.length === 0) return;
    const keys = (await Promise.all(files.map(keysOf))).flat();
    await checkImage(image, keys, files.join(' or '));
  };
}

async function checkImage({ source, digests }: SignedImage, keys: readonly VerificationKey[], shownKeys: string) {
  const failures: Failure[] = [];
  const [digest] = digests;
  try {
    for (const each of digests)
      for await (const found of findSignatures(source, each)) {
        const failure = failureOf(found, keys, each);
        if (!failure) return;
        failures.push(failure);
      }
  } catch (cause) {
    if (!(cause instanceof PullpinError)) throw cause;
    const reason = `its signature cannot be looked up, so it is not pinned (key ${shownKeys}): ${cause.message}`;
    throw new SignatureError(`${digest}: ${reason}`, true, { cause });
  }
  throw new SignatureError(`${digest} is not signed by the key ${shownKeys}: ${reasonOf(failures)}`, false);
}

/** Why something is no signature of the digest by one of the keys. The larger the rank, the closer it came. */
interface Failure {
  readonly rank: number;
  readonly reason: string;
}

function failureOf(
  found: Signed | MalformedSignature,
  keys: readonly VerificationKey[],
  digest: Digest,
): Failure | undefined {
  if ('problem' in found) return { rank: 0, reason: `what stands there as a signature is none: ${found.problem}` };
  if (!keys.some((key) => key.hasSigned(found.bytes, found.signature)))
    return { rank: 1, reason: 'it has signatures, and none of them is right for this key' };
  const claim = found.claim();
  if (claim.problem !== undefined)
    return { rank: 2, reason: `the signature of this key is not one of it: ${claim.problem}` };
  if (claim.digests.includes(digest)) return undefined;
  return { rank: 3, reason: 'the signature of this key that stands there is for another digest; do not trust it' };
}

function reasonOf(failures: readonly Failure[]): string {
  const [closest] = failures.toSorted((one, other) => other.rank - one.rank);
  return closest?.reason ?? 'the registry has no signature of it';
}

import { resolve } from 'node:path';
import { oncePerKey } from '../concurrency/once-per-key.js';
import { PullpinError } from '../errors.js';
import type { Digest } from '../oci/digest.js';
import type { ImageSource } from '../oci/image-source.js';
import type { RepositoryName } from '../oci/reference.js';
import { findSignatures } from './find-signatures.js';
import { readKeys } from './keys.js';
import { isKeyless, keyFilesFor, type SignatureRule } from './policy.js';
import { SignatureError } from './signature-error.js';
import type { MalformedSignature, Signed } from './signed.js';
import type { Failure, Signer } from './signer.js';

/** A pin that is to be made. */
export interface SignedImage {
  readonly name: RepositoryName;
  readonly source: ImageSource;
  /** The digest of the pin; behind it that of an index that lists it, whose signature is good for the pin as well. */
  readonly digests: readonly Digest[];
}

/**
 * Reads the files of all rules. What it returns passes for an image without a rule and for one that is signed, and throws a SignatureError for any
 * other. Throws a UsageError for a file that cannot be used.
 */
export async function createSignatureCheck(
  rules: readonly SignatureRule[],
  { folder }: { readonly folder: string },
): Promise<(image: SignedImage) => Promise<void>> {
  const signersOf = oncePerKey((file: string) => readSigners(resolve(folder, file)));
  for (const { keyFile } of rules) await signersOf(keyFile);
  return async (image) => {
    const files = keyFilesFor(rules, image.name);
    if (files.length === 0) return;
    const signers = (await Promise.all(files.map(signersOf))).flat();
    await checkImage(image, signers, shownFiles(files));
  };
}

async function readSigners(file: string): Promise<Signer[]> {
  if (!isKeyless(file)) return readKeys(file);
  const { readKeyless } = await import('./keyless.js');
  return [await readKeyless(file)];
}

/** What a message calls those who may sign. */
function shownFiles(files: readonly string[]): string {
  const shown = files.join(' or ');
  return files.some(isKeyless) ? `the signer that ${shown} names` : `the key ${shown}`;
}

async function checkImage({ source, digests }: SignedImage, signers: readonly Signer[], shown: string) {
  const failures: Failure[] = [];
  const [digest] = digests;
  try {
    for (const each of digests)
      for await (const found of findSignatures(source, each)) {
        const failure = failureOf(found, signers, each);
        if (!failure) return;
        failures.push(failure);
      }
  } catch (cause) {
    if (!(cause instanceof PullpinError)) throw cause;
    const who = shown.replace(/^the key/, 'key');
    const reason = `its signature cannot be looked up, so it is not pinned (${who}): ${cause.message}`;
    throw new SignatureError(`${digest}: ${reason}`, true, { cause });
  }
  throw new SignatureError(`${digest} is not signed by ${shown}: ${closest(failures).reason}`, false);
}

function failureOf(
  found: Signed | MalformedSignature,
  signers: readonly Signer[],
  digest: Digest,
): Failure | undefined {
  if ('problem' in found) return { rank: 0, reason: `what stands there as a signature is none: ${found.problem}` };
  const failures = signers.map((signer) => signer.whyNot(found));
  if (!failures.includes(undefined)) return closest(failures.flatMap((each) => each ?? []));
  const claim = found.claim();
  if (claim.problem !== undefined)
    return { rank: 3, reason: `the signature that stands there is not one of it: ${claim.problem}` };
  if (claim.digests.includes(digest)) return undefined;
  return { rank: 4, reason: 'the signature that stands there is for another digest; do not trust it' };
}

function closest(failures: readonly Failure[]): Failure {
  const [first] = failures.toSorted((one, other) => other.rank - one.rank);
  return first ?? { rank: 0, reason: 'the registry has no signature of it' };
}

import { ifAvailable } from '../../concurrency/if-available.js';
import type { Digest } from '../../oci/digest.js';
import { SignatureError } from '../../signature/signature-error.js';
import { type Finding, findingAt } from '../findings/finding.js';
import { type CheckedPin, failureOf } from './checked-pin.js';

/**
 * Whether the digest of a pin is signed where it must be. A signature of an index is good for what this index lists: of the one that the pin was chosen
 * from, which is that of its tag where nothing else is known.
 */
export async function checkSigned(pin: CheckedPin, chosenFrom?: Digest): Promise<Finding[]> {
  if (!pin.lookUps.checksSignatures()) return [];
  try {
    const index = chosenFrom ?? (pin.follows && (await ifAvailable(pin.lookUps.resolve(pin.follows.tag))));
    await pin.lookUps.checkSigned([pin.digest, ...(index === undefined ? [] : await listing(pin, index))]);
    return [];
  } catch (error) {
    const isUnsigned = error instanceof SignatureError && !error.isUnknown;
    return [isUnsigned ? findingAt(pin.site, 'unsigned', error.message) : failureOf(pin.site, error, 'unsigned')];
  }
}

/** This digest, when it is that of an index that lists the digest of the pin. */
async function listing({ digest, lookUps }: CheckedPin, index: Digest): Promise<Digest[]> {
  const root = index === digest ? undefined : await ifAvailable(lookUps.manifest(index));
  return root?.type === 'index' && root.entries.some((entry) => entry.digest === digest) ? [index] : [];
}

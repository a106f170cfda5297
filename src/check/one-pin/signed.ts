import { ifAvailable } from '../../concurrency/if-available.js';
import type { Digest } from '../../oci/digest.js';
import { SignatureError } from '../../signature/signature-error.js';
import { type Finding, findingAt } from '../findings/finding.js';
import { type CheckedPin, failureOf } from './checked-pin.js';

/** Whether the digest of a pin is signed where it must be. A signature of the index that its tag has now covers what this index lists. */
export async function checkSigned(pin: CheckedPin): Promise<Finding[]> {
  if (!pin.lookUps.checksSignatures()) return [];
  try {
    await pin.lookUps.checkSigned([pin.digest, ...(await indexOfTag(pin))]);
    return [];
  } catch (error) {
    const isUnsigned = error instanceof SignatureError && !error.isUnknown;
    return [isUnsigned ? findingAt(pin.site, 'unsigned', error.message) : failureOf(pin.site, error, 'unsigned')];
  }
}

async function indexOfTag({ digest, follows, lookUps }: CheckedPin): Promise<Digest[]> {
  if (!follows) return [];
  const latest = await ifAvailable(lookUps.resolve(follows.tag));
  const index = latest === undefined || latest === digest ? undefined : await ifAvailable(lookUps.manifest(latest));
  return index?.type === 'index' && index.entries.some((entry) => entry.digest === digest) ? [index.stored.digest] : [];
}

import type { RepositoryName } from '../../oci/reference.js';
import type { PinSettings } from '../../pin/pin.js';
import { keyFilesFor, type SignatureRule } from '../../signature/policy.js';
import type { Context } from '../terminal/context.js';

/** What checks signatures; undefined where the user asks for none. Throws a UsageError for a key that cannot be used. */
export async function signatureCheck(
  rules: readonly SignatureRule[],
  context: Context,
): Promise<PinSettings['checkSignature']> {
  if (rules.length === 0) return undefined;
  const { createSignatureCheck } = await import('../../signature/check-signature.js');
  return createSignatureCheck(rules, context);
}

/** Whether an image must be signed. */
export function needsSignature(rules: readonly SignatureRule[], image: RepositoryName): boolean {
  return keyFilesFor(rules, image).length > 0;
}

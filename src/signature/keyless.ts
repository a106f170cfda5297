import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { PullpinError, printable } from '../errors.js';
import { type KeylessPolicy, readKeylessPolicy } from './keyless-policy.js';
import { jsonOf, members, type Signed } from './signed.js';
import type { Failure, Signer } from './signer.js';
import { readSignerFile, signerFileError } from './signer-file.js';

/** A signature has one entry of a log, and one signed time. Each takes work, so that a registry cannot send many. */
const MOST_PROOFS = 8;

/**
 * Who signs without a key of their own: a certificate, which an authority gave for some minutes, says who has signed, and a log or a signed time
 * proves that it was valid then. Authorities and logs are those of a file; nothing is asked over the network. Throws a UsageError for a file that
 * cannot be used.
 */
export async function readKeyless(file: string): Promise<Signer> {
  const policy = await readKeylessPolicy(file);
  const verifier = await createVerifier(policy.trustedRoot);
  return { whyNot: (found) => whyNot(found, policy, verifier) };
}

/** What the file lists is asked for: with logs, an entry in one of them; with logs of certificates, a proof that the certificate is in one. */
async function createVerifier(file: string): Promise<Verifier> {
  const json = members(jsonOf(Buffer.from(await readSignerFile(file))));
  try {
    const root = TrustedRoot.fromJSON(json);
    if (root.certificateAuthorities.length === 0) throw signerFileError(file, 'it lists no certificate authority');
    if (root.tlogs.length + root.timestampAuthorities.length === 0)
      throw signerFileError(
        file,
        'it lists neither a log nor a timestamp authority, so nothing proves when an image was signed',
      );
    return new Verifier(toTrustMaterial(root), {
      ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
      tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1,
    });
  } catch (cause) {
    if (cause instanceof PullpinError) throw cause;
    throw signerFileError(file, 'it is not a trusted root of Sigstore, as cosign trusted-root create writes it', cause);
  }
}

function whyNot(found: Signed, { issuer, isWanted }: KeylessPolicy, verifier: Verifier): Failure | undefined {
  const { bundle } = found;
  if (bundle === undefined) return NO_CERTIFICATE;
  const proofs = proofsIn(bundle);
  if (proofs > MOST_PROOFS) return { rank: 1, reason: `its signature has ${proofs} proofs, which is too many` };
  const checked = verify(bundle, found.bytes, verifier);
  if ('reason' in checked) return checked;
  const { subjectAlternativeName: identity = '', extensions = {} } = checked.identity ?? {};
  if (extensions.issuer === issuer && isWanted(identity)) return undefined;
  const by = `${printable(identity, 200) || 'somebody'} of ${printable(extensions.issuer ?? 'no issuer', 200)}`;
  return { rank: 2, reason: `it is signed by ${by}` };
}

function proofsIn(bundle: unknown): number {
  const { tlogEntries, timestampVerificationData } = members(members(bundle)['verificationMaterial']);
  const stamps = members(timestampVerificationData)['rfc3161Timestamps'];
  return [tlogEntries, stamps].reduce<number>((sum, each) => sum + (Array.isArray(each) ? each.length : 0), 0);
}

/** The library throws errors of many kinds for what a registry sends: each of them means that this is no good signature. */
function verify(bundle: unknown, bytes: Uint8Array, verifier: Verifier): ReturnType<Verifier['verify']> | Failure {
  try {
    const parsed = bundleFromJSON(bundle);
    if (parsed.verificationMaterial.content.$case === 'publicKey') return NO_CERTIFICATE;
    return verifier.verify(toSignedEntity(parsed, Buffer.from(bytes)));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { rank: 1, reason: `it has signatures, and none of them can be proven: ${printable(said, 200)}` };
  }
}

const NO_CERTIFICATE: Failure = { rank: 1, reason: 'it has signatures, and none of them has a certificate' };

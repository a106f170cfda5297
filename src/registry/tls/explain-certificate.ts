import type { X509Certificate } from 'node:crypto';
import { printable } from '../../errors.js';

/**
 * Why the verification of a server's certificates failed, and what to do: one sentence without its subject, the server. `code` is what
 * OpenSSL or Node said; `chain` is what the server showed, as far as it is known. Undefined for another kind of failure.
 */
export function explainCertificate(code: string, chain: readonly X509Certificate[], host: string): string | undefined {
  return isCertificateProblem(code) ? EXPLANATIONS[code]?.(chain, host) : undefined;
}

/** Whether a code means that a server's certificates were seen and not accepted. */
export function isCertificateProblem(code: string): boolean {
  return Object.hasOwn(EXPLANATIONS, code);
}

type Explain = (chain: readonly X509Certificate[], host: string) => string;

const untrusted: Explain = (chain, host) => {
  const [own, last] = [chain[0], chain.at(-1)];
  const certificate = own ? `its certificate for ${nameIn(own.subject)}` : 'its certificate';
  const signer = last
    ? `${nameIn(last.issuer)}, an authority that is not trusted here`
    : 'no authority that is trusted here';
  return `${certificate} is signed by ${signer}; name the authority's certificate with --ca-file FILE, or put it into certs.d/${host}/ca.crt`;
};

const selfSigned: Explain = ([own], host) => {
  const certificate = own ? `its certificate for ${nameIn(own.subject)}` : 'its certificate';
  return `${certificate} is signed by itself only; name it with --ca-file FILE, or do without verification by --insecure ${host}`;
};

const EXPLANATIONS: Readonly<Record<string, Explain>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: (chain) => {
    const expired = chain.find(({ validTo }) => Date.parse(validTo) < Date.now());
    const certificate = expired ? `the certificate for ${nameIn(expired.subject)}` : 'a certificate of its chain';
    return `${certificate} expired${expired ? ` on ${dayOf(expired.validTo)}` : ''}; the operator of the registry must renew it`;
  },
  CERT_NOT_YET_VALID: (chain) => {
    const early = chain.find(({ validFrom }) => Date.parse(validFrom) > Date.now());
    const certificate = early ? `the certificate for ${nameIn(early.subject)}` : 'a certificate of its chain';
    return `${certificate} is not valid ${early ? `before ${dayOf(early.validFrom)}` : 'yet'}; check the clock of this machine`;
  },
  ERR_TLS_CERT_ALTNAME_INVALID: ([own], host) => {
    const names = own?.subjectAltName ?? own?.subject;
    const others = names === undefined ? 'another host' : `'${printable(names.replaceAll('\n', ', '), 200)}'`;
    return `its certificate is for ${others}, not for ${host}; use a name that the certificate has`;
  },
};

/** The common name in a distinguished name, else its last part. */
function nameIn(distinguishedName: string): string {
  const parts = distinguishedName.split('\n');
  const name = parts.find((part) => part.startsWith('CN='))?.slice('CN='.length) ?? parts.at(-1) ?? '';
  return `'${printable(name, 100)}'`;
}

function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

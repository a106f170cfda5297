import type { SecureContext } from 'node:tls';
import { oncePerKey } from '../../concurrency/once-per-key.js';
import type { Environment } from '../../machine/environment.js';
import { type HostCertificates, readHostCertificates } from './certificate-folders.js';
import { readCertificates } from './certificates.js';

/** The certificates that a TLS connection to a host trusts, and those that it shows. */
export interface Trust {
  /** PEM texts of every authority to trust, in place of Node's own; Node's own when absent. */
  readonly ca?: readonly string[];
  /** The client's certificate chain and key, PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** All of this as a SecureContext, made at the first call: parsing the authorities for each connection would cost 20 ms. */
  readonly secureContext?: () => SecureContext;
}

/** A Trust as Node's connections take it. */
export function tlsOptions({ ca, secureContext, ...client }: Trust) {
  return { ...client, ...(ca && { ca: [...ca] }), ...(secureContext && { secureContext: secureContext() }) };
}

export interface TrustOptions {
  readonly environment: Environment;
  /** --ca-file: authorities to trust beside the others. */
  readonly caFile?: string | undefined;
  /** Folders with one folder for each `host[:port]`; see certificateFolders. */
  readonly certsDirs: readonly string[];
}

/**
 * What a TLS connection to a `host[:port]` trusts and shows. NIX_SSL_CERT_FILE, else SSL_CERT_FILE, replaces the authorities that come
 * with Node; --ca-file, NODE_EXTRA_CA_CERTS and the host's folders add to them. Nothing is read before the first question, and shared
 * files only once. Throws a CertificateError.
 */
export function createTrust({ environment, caFile, certsDirs }: TrustOptions): (host: string) => Promise<Trust> {
  let shared: Promise<Authorities> | undefined;
  let sharedTrust: Promise<Trust> | undefined;
  return oncePerKey(async (host: string): Promise<Trust> => {
    shared ??= readAuthorities(environment, caFile);
    const [authorities, own] = await Promise.all([shared, readHostCertificates(certsDirs, host)]);
    if (own.authorities.length > 0 || own.client) return trustOf(authorities, own);
    sharedTrust ??= trustOf(authorities, own);
    return sharedTrust;
  });
}

/** The authorities that come with Node alone, which are those of nixpkgs' cacert; Node itself would add NODE_EXTRA_CA_CERTS to its own. */
export function trustBundled(): (host: string) => Promise<Trust> {
  let trust: Promise<Trust> | undefined;
  return () =>
    (trust ??= import('node:tls').then(({ rootCertificates }) => trustOf({ base: rootCertificates, added: [] }, NONE)));
}

const NONE: HostCertificates = { authorities: [], client: undefined };

async function trustOf({ base, added }: Authorities, own: HostCertificates): Promise<Trust> {
  const tls = await import('node:tls');
  const extra = [...added, ...own.authorities];
  // Node parses its own set once for the whole program, and only as long as no call names it.
  const isDefault = base === undefined && extra.length === 0;
  const fields = { ...(isDefault ? {} : { ca: [...(base ?? tls.rootCertificates), ...extra] }), ...own.client };
  let context: SecureContext | undefined;
  return {
    ...fields,
    secureContext: () => {
      context ??= tls.createSecureContext(fields);
      return context;
    },
  };
}

interface Authorities {
  /** In place of Node's own set. */
  readonly base: readonly string[] | undefined;
  readonly added: readonly string[];
}

async function readAuthorities(environment: Environment, caFile: string | undefined): Promise<Authorities> {
  const baseName = ['NIX_SSL_CERT_FILE', 'SSL_CERT_FILE'].find((name) => names(environment, name));
  const base = baseName === undefined ? undefined : await fromVariable(environment, baseName);
  // The same file twice would be parsed twice.
  const isExtra = baseName === undefined || environment['NODE_EXTRA_CA_CERTS'] !== environment[baseName];
  const added = await Promise.all([
    ...(isExtra ? [fromVariable(environment, 'NODE_EXTRA_CA_CERTS')] : []),
    ...(caFile === undefined ? [] : [readCertificates(caFile, '--ca-file')]),
  ]);
  return { base: base === undefined ? undefined : [base], added: added.filter((text) => text !== undefined) };
}

/** Nixpkgs' stdenv sets variables to this path in builds and pure shells, to say that there are no certificates; it never exists. */
const NO_FILE = '/no-cert-file.crt';

function names(environment: Environment, variable: string): string | undefined {
  const file = environment[variable];
  return file === '' || file === NO_FILE ? undefined : file;
}

async function fromVariable(environment: Environment, variable: string): Promise<string | undefined> {
  const file = names(environment, variable);
  return file === undefined ? undefined : readCertificates(file, variable);
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.js';

/** The certificate of a server, and a bundle of authorities as large as those of real machines, in which its own authority is one of many. */
export interface Certificates {
  readonly key: Buffer;
  readonly certificate: Buffer;
  /** A PEM file. */
  readonly bundle: string;
}

/** Where systems keep the authorities that they trust. */
const SYSTEM_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** Makes an authority, and a certificate for an IP address. @param folder takes the files */
export async function makeCertificates(address: string, folder: string): Promise<Certificates> {
  const file = (name: string): string => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
  const authority = [
    '-x509',
    '-days',
    '2',
    '-subj',
    '/CN=bench authority',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
  ];
  await run('openssl', ['req', ...authority, ...key, '-keyout', file('ca.key'), '-out', file('ca.pem')]);
  const request = ['-subj', '/CN=bench', '-addext', `subjectAltName=IP:${address}`];
  await run('openssl', ['req', ...request, ...key, '-keyout', file('server.key'), '-out', file('server.csr')]);
  const signer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-days', '2', '-copy_extensions', 'copy'];
  await run('openssl', ['x509', '-req', '-in', file('server.csr'), ...signer, '-out', file('server.pem')]);
  const system = SYSTEM_BUNDLES.find((path) => existsSync(path));
  const bundle = file('bundle.pem');
  writeFileSync(
    bundle,
    `${system === undefined ? '' : readFileSync(system, 'utf8')}${readFileSync(file('ca.pem'), 'utf8')}`,
  );
  return { key: readFileSync(file('server.key')), certificate: readFileSync(file('server.pem')), bundle };
}

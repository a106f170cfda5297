import { join } from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from './temporary-folder.js';

/** PEM files of a server on loopback, and of the authority that signed its certificate and nothing else. */
export interface Certificate {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate for localhost and 127.0.0.1, valid for two days. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const openssl = (...args: readonly string[]) => execa('openssl', ['req', '-x509', ...key, ...args], { cwd: folder });
  await openssl('-subj', '/CN=pullpin tests', '-keyout', 'ca.key', '-out', 'ca.pem');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'basicConstraints=critical,CA:FALSE'];
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await openssl(...signed, ...names, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.pem');
  return { caFile: at('ca.pem'), certFile: at('server.pem'), keyFile: at('server.key') };
}

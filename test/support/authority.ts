import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from './temporary-folder.js';

/** A certificate and its key, PEM files. */
export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface IssueOptions {
  /** Its common name; `localhost` when absent. */
  readonly name?: string;
  /** What a server may be called by; localhost and 127.0.0.1 when absent. */
  readonly subjectAltName?: string;
  /** The time it is valid, as `YYYYMMDDHHMMSSZ`; yesterday to tomorrow when absent. */
  readonly validity?: readonly [from: string, to: string];
}

/** An authority that signs certificates of servers and clients. */
export interface Authority {
  /** Its own certificate, a PEM file. */
  readonly caFile: string;
  issue(options?: IssueOptions): Promise<KeyPair>;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority in a folder of its own. Each authority that a test makes has a key of its own, whatever its name. */
export async function makeAuthority(name = 'pullpin tests'): Promise<Authority> {
  const folder = temporaryFolder();
  const at = (file: string): string => join(folder, file);
  const openssl = (...args: readonly string[]) => execa('openssl', args, { cwd: folder });
  writeFileSync(at('ca.cnf'), CONFIGURATION);
  writeFileSync(at('index.txt'), '');
  await openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  let count = 0;
  return {
    caFile: at('ca.pem'),
    async issue({ name = 'localhost', subjectAltName = 'DNS:localhost,IP:127.0.0.1', validity = aroundToday() } = {}) {
      count += 1;
      const [extensions, request, certFile, keyFile] = [`${count}.ext`, `${count}.csr`, `${count}.pem`, `${count}.key`];
      writeFileSync(at(extensions), `basicConstraints=critical,CA:FALSE\nsubjectAltName=${subjectAltName}\n`);
      await openssl('req', '-new', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', request);
      const dates = ['-startdate', validity[0], '-enddate', validity[1]];
      const files = ['-extfile', extensions, '-in', request, '-out', certFile];
      await openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', ...dates, ...files);
      return { certFile: at(certFile), keyFile: at(keyFile) };
    },
  };
}

// The only command of OpenSSL 3.0 that can date a certificate back.
const CONFIGURATION = `
[ca]
default_ca = this
[this]
database = index.txt
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
`;

function aroundToday(): readonly [string, string] {
  const day = 24 * 60 * 60 * 1000;
  return [stamp(new Date(Date.now() - day)), stamp(new Date(Date.now() + day))];
}

/** ASN.1 GeneralizedTime, as `openssl ca` reads it. */
function stamp(time: Date): string {
  return time.toISOString().replace(/\.\d+|[-:T]/g, '');
}

/** A certificate for servers on loopback, and the trust of a client in it. */
export async function makeTrustedServer(): Promise<{
  readonly tls: { readonly cert: Uint8Array; readonly key: Uint8Array };
  readonly trust: () => Promise<{ ca: string[] }>;
}> {
  const authority = await makeAuthority();
  const { certFile, keyFile } = await authority.issue();
  const ca = readFileSync(authority.caFile, 'utf8');
  return { tls: { cert: readFileSync(certFile), key: readFileSync(keyFile) }, trust: async () => ({ ca: [ca] }) };
}

import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTrust, type TrustOptions } from '../../../src/registry/tls/trust.js';
import { makeAuthority } from '../../support/authority.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** Authorities by the name of what names them. */
let files: Readonly<Record<'NIX' | 'SSL' | 'EXTRA' | 'FLAG' | 'HOST', string>>;
beforeAll(async () => {
  const [NIX, SSL, EXTRA, FLAG, HOST] = await Promise.all(
    Array.from({ length: 5 }, async () => (await makeAuthority()).caFile),
  );
  files = { NIX: NIX!, SSL: SSL!, EXTRA: EXTRA!, FLAG: FLAG!, HOST: HOST! };
});

const trusted = async (options: Partial<TrustOptions>, host = 'quay.io'): Promise<readonly string[] | undefined> =>
  (await createTrust({ environment: {}, certsDirs: [], ...options })(host)).ca;
const text = (name: keyof typeof files): string => readFileSync(files[name], 'utf8');

describe('which authorities are trusted', () => {
  test("Node's own when nothing is set", async () => {
    expect(await trusted({})).toBeUndefined();
    expect(await trusted({ environment: { NIX_SSL_CERT_FILE: '', SSL_CERT_FILE: '' } })).toBeUndefined();
  });

  test("NIX_SSL_CERT_FILE, else SSL_CERT_FILE, in place of Node's own", async () => {
    const environment = { NIX_SSL_CERT_FILE: files.NIX, SSL_CERT_FILE: files.SSL };
    expect(await trusted({ environment })).toEqual([text('NIX')]);
    expect(await trusted({ environment: { SSL_CERT_FILE: files.SSL } })).toEqual([text('SSL')]);
  });

  test("--ca-file, NODE_EXTRA_CA_CERTS and certs.d beside Node's own", async () => {
    expect(await trusted({ caFile: files.FLAG })).toEqual([...rootCertificates, text('FLAG')]);
    expect(await trusted({ environment: { NODE_EXTRA_CA_CERTS: files.EXTRA } })).toEqual([
      ...rootCertificates,
      text('EXTRA'),
    ]);
    const certsDir = temporaryFolder();
    mkdirSync(join(certsDir, 'quay.io'));
    copyFileSync(files.HOST, join(certsDir, 'quay.io/ca.crt'));
    expect(await trusted({ certsDirs: [certsDir] })).toEqual([...rootCertificates, text('HOST')]);
    expect(await trusted({ certsDirs: [certsDir] }, 'ghcr.io')).toBeUndefined();
  });

  test('both kinds together', async () => {
    const environment = { NIX_SSL_CERT_FILE: files.NIX, NODE_EXTRA_CA_CERTS: files.EXTRA };
    expect(await trusted({ environment, caFile: files.FLAG })).toEqual([text('NIX'), text('EXTRA'), text('FLAG')]);
  });

  test('the path by which nixpkgs says that there is no file counts as unset', async () => {
    const none = '/no-cert-file.crt';
    expect(await trusted({ environment: { NIX_SSL_CERT_FILE: none, SSL_CERT_FILE: none } })).toBeUndefined();
    expect(await trusted({ environment: { NIX_SSL_CERT_FILE: none, SSL_CERT_FILE: files.SSL } })).toEqual([
      text('SSL'),
    ]);
  });
});

test.each(['NIX_SSL_CERT_FILE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])(
  '%s must name a file that is there',
  async (name) => {
    const file = join(temporaryFolder(), 'none.pem');
    await expect(trusted({ environment: { [name]: file } })).rejects.toThrow(
      `${file}, named by ${name}, does not exist`,
    );
  },
);

test('files are read when a host is first asked about, and once', async () => {
  const file = join(temporaryFolder(), 'ca.pem');
  const trust = createTrust({ environment: {}, caFile: file, certsDirs: [] });
  copyFileSync(files.FLAG, file);
  const first = await trust('quay.io');
  rmSync(file);
  expect(await trust('quay.io')).toBe(first);
  // Parsed, the authorities are shared by all hosts that have none of their own.
  expect((await trust('ghcr.io')).secureContext?.()).toBe(first.secureContext?.());
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CertificateError, readCertificates, readKeyPair } from '../../../src/registry/tls/certificates.js';
import { type Authority, type KeyPair, makeAuthority } from '../../support/authority.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

let authority: Authority;
let pair: KeyPair;
beforeAll(async () => {
  authority = await makeAuthority();
  pair = await authority.issue();
});

function file(content: string): string {
  const path = join(temporaryFolder(), 'file.pem');
  writeFileSync(path, content);
  return path;
}

test('a bundle is read with its comments', async () => {
  const bundle = `# ours\n${readFileSync(authority.caFile, 'utf8')}\nnext: \n${readFileSync(pair.certFile, 'utf8')}`;
  expect(await readCertificates(file(bundle))).toBe(bundle);
});

describe('an unusable file is reported, with the setting that named it', () => {
  test.each([
    ['', 'has no certificate in PEM form'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'has no certificate in PEM form'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n', 'has no certificate in PEM form'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'has a damaged certificate, number 1'],
  ])('%j', async (content, problem) => {
    const path = file(content);
    await expect(readCertificates(path, '--ca-file')).rejects.toThrow(CertificateError);
    await expect(readCertificates(path, '--ca-file')).rejects.toThrow(`${path}, named by --ca-file, ${problem}`);
    await expect(readCertificates(path)).rejects.toThrow(`${path} ${problem}`);
  });

  test('the second of a bundle', async () => {
    const path = file(
      `${readFileSync(authority.caFile, 'utf8')}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`,
    );
    await expect(readCertificates(path)).rejects.toThrow('has a damaged certificate, number 2');
  });

  test('one that is not there, and one that cannot be read', async () => {
    const folder = temporaryFolder();
    await expect(readCertificates(join(folder, 'none'), 'SSL_CERT_FILE')).rejects.toThrow(
      `${folder}/none, named by SSL_CERT_FILE, does not exist`,
    );
    await expect(readCertificates(folder)).rejects.toThrow(`${folder} is not a regular file; name another file`);
  });
});

describe("a client's certificate and key", () => {
  test('are read when they belong together', async () => {
    const { cert, key } = await readKeyPair(pair.certFile, pair.keyFile);
    expect([cert, key]).toEqual([readFileSync(pair.certFile, 'utf8'), readFileSync(pair.keyFile, 'utf8')]);
  });

  test('are refused when they do not, or when the key is not a key', async () => {
    const other = await authority.issue();
    await expect(readKeyPair(pair.certFile, other.keyFile)).rejects.toThrow(
      `${other.keyFile} is not the key of the certificate in ${pair.certFile}`,
    );
    const none = file('secret');
    await expect(readKeyPair(pair.certFile, none)).rejects.toThrow(`${none} is not a private key in PEM form without`);
  });
});

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { explainCertificate, isCertificateProblem } from '../../../src/registry/tls/explain-certificate.js';
import { type Authority, type IssueOptions, makeAuthority } from '../../support/authority.js';

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority('Corp Root');
});

const read = (file: string): X509Certificate => new X509Certificate(readFileSync(file));
const chain = async (options: IssueOptions): Promise<X509Certificate[]> => [
  read((await authority.issue(options)).certFile),
  read(authority.caFile),
];

describe('the certificate at fault is named', () => {
  test.each(['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'])(
    'an unknown authority: %s',
    async (code) => {
      const certificates = await chain({ name: 'registry.corp' });
      const expected =
        "its certificate for 'registry.corp' is signed by 'Corp Root', an authority that is not trusted here; " +
        "name the authority's certificate with --ca-file FILE, or put it into certs.d/registry.corp:5000/ca.crt";
      expect(explainCertificate(code, certificates, 'registry.corp:5000')).toBe(expected);
      expect(explainCertificate(code, certificates.slice(0, 1), 'registry.corp:5000')).toBe(expected);
    },
  );

  test('one that signed itself', () => {
    expect(explainCertificate('DEPTH_ZERO_SELF_SIGNED_CERT', [read(authority.caFile)], 'registry.corp')).toBe(
      "its certificate for 'Corp Root' is signed by itself only; name it with --ca-file FILE, or do without verification by --insecure registry.corp",
    );
  });

  test('an expired one, and one that is not valid yet', async () => {
    const old = await chain({ name: 'old', validity: ['20200101000000Z', '20200215000000Z'] });
    expect(explainCertificate('CERT_HAS_EXPIRED', old, 'h')).toBe(
      "the certificate for 'old' expired on 2020-02-15; the operator of the registry must renew it",
    );
    const young = await chain({ name: 'young', validity: ['20990101000000Z', '20990215000000Z'] });
    expect(explainCertificate('CERT_NOT_YET_VALID', young, 'h')).toBe(
      "the certificate for 'young' is not valid before 2099-01-01; check the clock of this machine",
    );
  });

  test('one for another host', async () => {
    const certificates = await chain({ subjectAltName: 'DNS:a.corp,DNS:b.corp' });
    expect(explainCertificate('ERR_TLS_CERT_ALTNAME_INVALID', certificates, 'c.corp')).toBe(
      "its certificate is for 'DNS:a.corp, DNS:b.corp', not for c.corp; use a name that the certificate has",
    );
  });

  test('what a hostile name says cannot act on a terminal', async () => {
    const certificates = await chain({ name: 'a\u001b[31mb' });
    expect(explainCertificate('SELF_SIGNED_CERT_IN_CHAIN', certificates, 'h')).toMatch(/^[\x20-\x7e\ufffd]+$/);
  });
});

test('without the certificates the sentence is still whole', () => {
  expect(explainCertificate('CERT_HAS_EXPIRED', [], 'h')).toBe(
    'a certificate of its chain expired; the operator of the registry must renew it',
  );
  expect(explainCertificate('SELF_SIGNED_CERT_IN_CHAIN', [], 'h')).toMatch(
    /^its certificate is signed by no authority that is trusted here; name/,
  );
});

test('other failures are not explained', () => {
  expect(explainCertificate('ECONNREFUSED', [], 'h')).toBeUndefined();
  expect(isCertificateProblem('toString')).toBe(false);
  expect(isCertificateProblem('CERT_HAS_EXPIRED')).toBe(true);
});

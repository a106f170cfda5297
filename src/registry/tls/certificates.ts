import { createPrivateKey, X509Certificate } from 'node:crypto';
import { PullpinError, printable } from '../../errors.js';
import { readProblem } from '../../machine/file-errors.js';
import { readTextFile } from '../../machine/regular-file.js';

/** A certificate or a key cannot be used. `origin` is what named the file. */
export class CertificateError extends PullpinError {
  constructor(
    readonly file: string,
    readonly origin: string | undefined,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${printable(file)}${origin === undefined ? '' : `, named by ${origin},`} ${problem}`, options);
  }
}

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** A file with more certificates than this is the bundle of a distribution. It is not checked: parsing it twice would cost each start 20 ms. */
const MAX_CHECKED = 20;

/** The text of a PEM file with at least one certificate, well formed unless there are many. Throws a CertificateError. */
export async function readCertificates(file: string, origin?: string): Promise<string> {
  const text = await readText(file, origin);
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new CertificateError(file, origin, 'has no certificate in PEM form');
  if (found.length > MAX_CHECKED) return text;
  // OpenSSL would silently skip a damaged certificate and all that follow it.
  found.forEach((pem, index) => {
    try {
      new X509Certificate(pem);
    } catch (cause) {
      throw new CertificateError(file, origin, `has a damaged certificate, number ${index + 1}`, { cause });
    }
  });
  return text;
}

/** A client's certificate and its key, both PEM, which belong together. Throws a CertificateError. */
export async function readKeyPair(certFile: string, keyFile: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = await Promise.all([readCertificates(certFile), readText(keyFile)]);
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
  } catch (cause) {
    throw new CertificateError(keyFile, undefined, 'is not a private key in PEM form without a passphrase', { cause });
  }
  throw new CertificateError(keyFile, undefined, `is not the key of the certificate in ${printable(certFile)}`);
}

async function readText(file: string, origin?: string): Promise<string> {
  return readTextFile(file).catch((cause: unknown) => {
    throw new CertificateError(file, origin, readProblem(cause), { cause });
  });
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { configFolder, type Environment } from '../../machine/environment.js';
import { isDenied, isMissing } from '../../machine/file-errors.js';
import { CertificateError, readCertificates, readKeyPair } from './certificates.js';

/** What the folders of one host hold: authorities to trust, PEM, and a client's certificate with its key. */
export interface HostCertificates {
  readonly authorities: readonly string[];
  readonly client: { readonly cert: string; readonly key: string } | undefined;
}

/** Where podman and docker look for certificates, in this order: containers-certs.d(5) and docker's daemon. */
export function certificateFolders(environment: Environment, home: string): string[] {
  return [
    join(configFolder(environment, home), 'containers/certs.d'),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ];
}

/**
 * Reads `HOST[:PORT]/*.crt`, authorities, and `*.cert` with `*.key`, a client's certificate, below each folder. All authorities are used, but
 * only the first client's certificate. Throws a CertificateError.
 */
export async function readHostCertificates(folders: readonly string[], host: string): Promise<HostCertificates> {
  // 443 is the port of an image's name without one, and a folder may be named either way.
  const names = /:[0-9]+$/.test(host) ? [host.replace(/:443$/, ''), host] : [host, `${host}:443`];
  const paths = folders.flatMap((folder) => [...new Set(names)].map((name) => join(folder, name)));
  const found = await Promise.all(paths.map(readFolder));
  return {
    authorities: found.flatMap(({ authorities }) => authorities),
    client: found.find(({ client }) => client)?.client,
  };
}

async function readFolder(folder: string): Promise<HostCertificates> {
  const names = await readdir(folder).catch((cause: unknown) => {
    // Only root may be able to read docker's folder; podman skips it, too.
    if (isMissing(cause) || isDenied(cause)) return [];
    throw new CertificateError(folder, undefined, 'is not a folder that can be read', { cause });
  });
  const ending = (end: string): string[] =>
    names.filter((name) => name.endsWith(end)).map((name) => name.slice(0, -end.length));
  const [certs, keys] = [ending('.cert').sort(), ending('.key')];
  const lonelyKey = keys.find((name) => !certs.includes(name));
  if (lonelyKey !== undefined) {
    throw new CertificateError(join(folder, `${lonelyKey}.key`), undefined, `has no ${lonelyKey}.cert beside it`);
  }
  const lonelyCert = certs.find((name) => !keys.includes(name));
  if (lonelyCert !== undefined) {
    const problem = `has no ${lonelyCert}.key beside it; an authority's certificate must end in .crt`;
    throw new CertificateError(join(folder, `${lonelyCert}.cert`), undefined, problem);
  }
  const at = (name: string): string => join(folder, name);
  const [client] = certs;
  return {
    authorities: await Promise.all(ending('.crt').map((name) => readCertificates(at(`${name}.crt`)))),
    client: client === undefined ? undefined : await readKeyPair(at(`${client}.cert`), at(`${client}.key`)),
  };
}

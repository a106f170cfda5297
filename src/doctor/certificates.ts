import type { Machine } from '../machine/machine.js';
import { type Answer, answer } from './answer.js';

/** Variables that give this user other certificates than the builder has. */
const VARIABLES = ['NIX_SSL_CERT_FILE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];
/** Where distributions and installers of Nix have the usual certificates. */
const USUAL = /^\/(?:etc\/(?:ssl|pki|static)\/|nix\/(?:store|var)\/)/;

/** Whether this user trusts certificates that a build does not: pullImage takes those of nixpkgs' cacert. */
export function checkCertificates({ environment }: Pick<Machine, 'environment'>, caFile: string | undefined): Answer[] {
  const own = [
    ...(caFile === undefined ? [] : [['--ca-file', caFile] as const]),
    ...VARIABLES.flatMap((name) => {
      const file = environment[name];
      return file && !USUAL.test(file) ? [[name, file] as const] : [];
    }),
  ];
  const [first] = own;
  if (!first)
    return [answer('ssl-cert-file', 'ok', 'you trust no certificates of your own, so a build trusts the same ones')];
  const [name, file] = first;
  const message = `${name} has you trust ${file}, and pullImage trusts only the certificates of nixpkgs' cacert`;
  return [
    answer('ssl-cert-file', 'warning', message, [
      `overlay: cacert = prev.cacert.override { extraCertificateFiles = [ ${nixPath(file)} ]; };`,
      'or, without a registry in the build: pullpin bump --store',
    ]),
  ];
}

function nixPath(file: string): string {
  return /^\/[\w./+-]+$/.test(file) ? file : '/path/of/the/file.pem';
}

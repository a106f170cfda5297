import type { Machine } from '../machine/machine.js';
import type { Reference } from '../oci/reference.js';
import type { Answer } from './answer.js';
import { checkCertificates } from './certificates.js';
import { checkImage, type Views } from './image.js';
import { checkLogins } from './logins.js';
import { checkNix } from './nix.js';
import { checkNixConf } from './nix-conf.js';
import { checkProxies } from './proxies.js';
import { checkSkopeoPolicy } from './skopeo-policy.js';

/** What is looked at. */
export interface DoctorRequest {
  readonly machine: Machine & { readonly signal?: AbortSignal | undefined };
  /** The image that a build is to fetch. */
  readonly image: Reference | undefined;
  readonly registries: Views;
  /** Certificates that the user trusts in addition. */
  readonly caFile: string | undefined;
  /** A file with logins that counts before all others. */
  readonly authfile: string | undefined;
}

/** Whether `nix build` will be able to fetch images, check by check. */
export async function diagnose({ machine, image, registries, caFile, authfile }: DoctorRequest): Promise<Answer[]> {
  const { answers, settings } = await checkNix(machine);
  return [
    ...answers,
    ...(settings ? checkNixConf(settings, machine) : []),
    ...checkCertificates(machine, caFile),
    ...(await checkProxies(machine)),
    ...(await checkSkopeoPolicy(machine)),
    ...(await checkLogins(machine, authfile)),
    ...(image ? await checkImage(image, registries) : []),
  ];
}

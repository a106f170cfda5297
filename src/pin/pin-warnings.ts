import type { Needs } from '../nix/render/values/template-values.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { Reference } from '../oci/reference.js';
import type { FinalNames } from './keep-archive.js';

/** What was asked of a pin. */
export interface AskedPin {
  readonly reference: Reference;
  readonly platform: Platform;
  readonly isPlatformGiven: boolean;
  readonly target: Needs;
  readonly names: FinalNames;
  readonly isTagGiven: boolean;
}

export function isSame(one: Platform, other: Platform): boolean {
  return one.os === other.os && one.architecture === other.architecture;
}

/** What the user should know of a pin. */
export function pinWarnings(
  { reference, platform, isPlatformGiven, target, names, isTagGiven }: AskedPin,
  actual: Platform | undefined,
  tlsVerify: boolean,
): string[] {
  const isOther = isPlatformGiven && actual && !isSame(platform, actual);
  return [
    ...(isTagGiven || target === 'nar' || target === 'none'
      ? []
      : [`no tag was given, so the image will be called ${names.finalImageName}:latest`]),
    ...(isOther
      ? [`the image is for ${formatPlatform(actual)}, and has no other for ${formatPlatform(platform)}`]
      : []),
    ...(tlsVerify || target === 'none'
      ? []
      : [`${reference.registry} was reached without verified TLS, so the pin says tlsVerify = false`]),
  ];
}

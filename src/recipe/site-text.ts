import { archiveName } from '../archive/docker-archive.js';
import type { Followed, PinSite } from '../nix/find/pin-site.js';
import type { TextValue } from '../nix/values/value.js';
import { DEFAULT_PLATFORM, type Platform, platformOfSystem } from '../oci/platform.js';
import type { Target } from '../prefetch/targets/target.js';
import { SiteError } from './site-error.js';

/** The target of the pin's hash. A name or tag that the pin omits has the default of nixpkgs' pullImage. */
export function targetOf({ target, imageName, finalImageName, finalImageTag }: PinSite): Target {
  if (target === 'nar') return { type: 'nar' };
  const name = finalImageName ? textOrFail(finalImageName, 'finalImageName').text : imageName.text;
  const tag = finalImageTag ? textOrFail(finalImageTag, 'finalImageTag').text : 'latest';
  return { type: 'docker-archive', name: archiveName(name, tag) };
}

/** The platform that a pin gives, by `os` and `arch` or because its values are for one system; undefined when it gives none. */
export function writtenPlatform({ os, arch, layered, systems, isPlatformDependent }: PinSite): Platform | undefined {
  if (arch) {
    return {
      os: os ? textOrFail(os, 'os').text : DEFAULT_PLATFORM.os,
      architecture: textOrFail(arch, 'arch').text,
      variant: layered?.variant && textOrFail(layered.variant, 'variant').text,
    };
  }
  const [system] = systems;
  return isPlatformDependent && system !== undefined ? platformOfSystem(system) : undefined;
}

/** The text of a value. Throws a SiteError for a value that could not be followed; `what` names the value in the message. */
export function textOrFail(value: Followed<TextValue> | undefined, what: string): TextValue {
  if (value?.kind === 'text') return value;
  throw new SiteError('unfollowable', `${what} cannot be followed${value ? `: ${value.message}` : ''}`);
}

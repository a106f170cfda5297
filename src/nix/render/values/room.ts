import { UsageError } from '../../../errors.js';
import { isForeignLayer } from '../../../oci/manifest.js';
import type { PinAttributes } from './template-values.js';

/** What a text may have no place for, so that a pin which needs it cannot be written. */
export type Missing = 'os' | 'finalName' | 'finalTag' | 'tlsVerify' | 'noTag' | 'foreignLayer';

/** What a pin needs that a text may have no place for. */
const NEEDS: Readonly<Record<Missing, { readonly isNeeded: (pin: PinAttributes) => boolean; readonly what: string }>> =
  {
    os: { isNeeded: ({ os }) => os !== 'linux', what: 'another system than linux' },
    finalName: {
      isNeeded: ({ imageName, finalImageName }) => finalImageName !== imageName,
      what: 'a --final-name',
    },
    finalTag: {
      isNeeded: ({ tag, finalImageTag }) => tag !== undefined && finalImageTag !== tag,
      what: 'a --final-tag',
    },
    tlsVerify: {
      isNeeded: ({ tlsVerify }) => !tlsVerify,
      what: 'tlsVerify = false, and the registry was not verified',
    },
    foreignLayer: {
      isNeeded: ({ manifest }) => manifest?.layers.some(isForeignLayer) ?? false,
      what: 'a layer from outside of the registry',
    },
    noTag: { isNeeded: ({ tag }) => tag === undefined, what: 'an image without a tag' },
  };

/** Checks that a template has a place for all that a pin needs: without it, Nix would fetch something else. Throws a UsageError. */
export function checkRoom(pin: PinAttributes, template: string, lacks: readonly Missing[]): void {
  for (const name of lacks)
    if (NEEDS[name].isNeeded(pin))
      throw new UsageError(`${pin.imageName}: the template ${template} has no place for ${NEEDS[name].what}`);
}

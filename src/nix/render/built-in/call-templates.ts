import { template as attrs } from '../../../../templates/attrs.hbs';
import { template as nix2container } from '../../../../templates/nix2container.hbs';
import { template as ociString } from '../../../../templates/oci-string.hbs';
import { template as pullImage } from '../../../../templates/pull-image.hbs';

/** The templates that write a call, or a line of text, for one pin: most runs use one of these. */
export const CALL_TEMPLATES = {
  attrs,
  nix2container,
  'oci-string': ociString,
  'pull-image': pullImage,
} as const;

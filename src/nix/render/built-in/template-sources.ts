import { source as attrs } from '../../../../templates/attrs.hbs?source';
import { source as compose } from '../../../../templates/compose.hbs?source';
import { source as flake } from '../../../../templates/flake.hbs?source';
import { source as images } from '../../../../templates/images.hbs?source';
import { source as json } from '../../../../templates/json.hbs?source';
import { source as kubernetes } from '../../../../templates/kubernetes.hbs?source';
import { source as layered } from '../../../../templates/layered.hbs?source';
import { source as nix2container } from '../../../../templates/nix2container.hbs?source';
import { source as nix2containerManifest } from '../../../../templates/nix2container-manifest.hbs?source';
import { source as npins } from '../../../../templates/npins.hbs?source';
import { source as ociContainers } from '../../../../templates/oci-containers.hbs?source';
import { source as ociString } from '../../../../templates/oci-string.hbs?source';
import { source as overlay } from '../../../../templates/overlay.hbs?source';
import { source as perSystem } from '../../../../templates/per-system.hbs?source';
import { source as pullImage } from '../../../../templates/pull-image.hbs?source';
import type { TemplateName } from './template-table.js';

const SOURCES: Readonly<Record<TemplateName, string>> = {
  'pull-image': pullImage,
  attrs,
  'per-system': perSystem,
  images,
  overlay,
  flake,
  'oci-containers': ociContainers,
  layered,
  nix2container,
  'nix2container-manifest': nix2containerManifest,
  json,
  npins,
  compose,
  kubernetes,
  'oci-string': ociString,
};

/** The text of a built-in template, as it stands in templates/; it ends with a newline. */
export function templateSource(name: TemplateName): string {
  return SOURCES[name].replace(/\n?$/, '\n');
}

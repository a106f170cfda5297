import Handlebars from 'handlebars/runtime.js';
import { template as attrs } from '../../../../templates/attrs.hbs';
import { template as compose } from '../../../../templates/compose.hbs';
import { template as flake } from '../../../../templates/flake.hbs';
import { template as images } from '../../../../templates/images.hbs';
import { template as json } from '../../../../templates/json.hbs';
import { template as kubernetes } from '../../../../templates/kubernetes.hbs';
import { template as layered } from '../../../../templates/layered.hbs';
import { template as nix2container } from '../../../../templates/nix2container.hbs';
import { template as nix2containerManifest } from '../../../../templates/nix2container-manifest.hbs';
import { template as npins } from '../../../../templates/npins.hbs';
import { template as ociContainers } from '../../../../templates/oci-containers.hbs';
import { template as ociString } from '../../../../templates/oci-string.hbs';
import { template as overlay } from '../../../../templates/overlay.hbs';
import { template as fetchBlob } from '../../../../templates/partials/fetch-blob.hbs';
import { template as image } from '../../../../templates/partials/image.hbs';
import { template as layeredCall } from '../../../../templates/partials/layered-call.hbs';
import { template as layeredImage } from '../../../../templates/partials/layered-image.hbs';
import { template as writeArchive } from '../../../../templates/partials/write-archive.hbs';
import { template as perSystem } from '../../../../templates/per-system.hbs';
import { template as pullImage } from '../../../../templates/pull-image.hbs';
import { functionsOf, HELPERS } from '../helpers/helpers.js';
import { RENOVATE_HELPERS } from '../helpers/renovate-helpers.js';
import type { TemplateValues } from '../values/template-values.js';
import { TEMPLATES, type TemplateInfo, type TemplateName } from './template-table.js';

/** Writes the text of what a template is applied to. */
export type ApplyTemplate = (values: TemplateValues) => string;

/** A template that is ready to be applied. */
export interface PreparedTemplate extends Omit<TemplateInfo, 'summary'> {
  readonly apply: ApplyTemplate;
}

const COMPILED: Readonly<Record<TemplateName, TemplateSpecification>> = {
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

/** What templates can take from each other, those of users too. */
export const PARTIALS: Readonly<Record<string, TemplateSpecification>> = {
  attrs,
  'pull-image': pullImage,
  'per-system': perSystem,
  image,
  'fetch-blob': fetchBlob,
  'layered-call': layeredCall,
  'layered-image': layeredImage,
  'write-archive': writeArchive,
};

export function builtInTemplate(name: TemplateName): PreparedTemplate {
  const environment = Handlebars.create();
  environment.registerHelper({ ...functionsOf(HELPERS), ...functionsOf(RENOVATE_HELPERS) });
  for (const [partial, compiled] of Object.entries(PARTIALS))
    environment.registerPartial(partial, environment.template(compiled));
  return { ...TEMPLATES[name], apply: environment.template(COMPILED[name]) };
}

import { template as compose } from '../../../../templates/compose.hbs';
import { template as flake } from '../../../../templates/flake.hbs';
import { template as images } from '../../../../templates/images.hbs';
import { template as json } from '../../../../templates/json.hbs';
import { template as kubernetes } from '../../../../templates/kubernetes.hbs';
import { template as layered } from '../../../../templates/layered.hbs';
import { template as nix2containerManifest } from '../../../../templates/nix2container-manifest.hbs';
import { template as npins } from '../../../../templates/npins.hbs';
import { template as ociContainers } from '../../../../templates/oci-containers.hbs';
import { template as overlay } from '../../../../templates/overlay.hbs';
import { template as fetchBlob } from '../../../../templates/partials/fetch-blob.hbs';
import { template as image } from '../../../../templates/partials/image.hbs';
import { template as layeredCall } from '../../../../templates/partials/layered-call.hbs';
import { template as layeredImage } from '../../../../templates/partials/layered-image.hbs';
import { template as writeArchive } from '../../../../templates/partials/write-archive.hbs';
import { template as perSystem } from '../../../../templates/per-system.hbs';
import { RENOVATE_HELPERS } from '../helpers/renovate-helpers.js';

/** The templates that write a text for several pins, mostly a whole file. */
export const FILE_TEMPLATES = {
  compose,
  flake,
  images,
  json,
  kubernetes,
  layered,
  'nix2container-manifest': nix2containerManifest,
  npins,
  'oci-containers': ociContainers,
  overlay,
  'per-system': perSystem,
} as const;

/** The parts that these templates are made of, and that other templates may use. */
export const FILE_PARTS = {
  'per-system': perSystem,
  'fetch-blob': fetchBlob,
  image,
  'layered-call': layeredCall,
  'layered-image': layeredImage,
  'write-archive': writeArchive,
} as const;

/** The helpers that these templates call besides those of all templates. */
export const FILE_HELPERS = RENOVATE_HELPERS;

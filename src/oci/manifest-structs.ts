import type { Fields } from './manifest-fields.js';
import type { Platform } from './platform.js';

/** What stands in a descriptor. The digest is as written: skopeo looks at it only when it is used. */
export interface DescriptorFields {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly urls: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform: Platform | undefined;
}

// Go decodes each kind of manifest into a struct of its own, and refuses a value of the wrong type in the fields of that struct only. Every
// function here reads all fields of one struct, also those that are of no use to us (fixtures/skopeo/json-types.json has the verdicts).

/** `v1.Descriptor` of the OCI image-spec: in an OCI manifest, and in an OCI index. */
export function readOciDescriptor(fields: Fields): DescriptorFields {
  fields.bytes('data');
  fields.text('artifactType');
  const platform = fields.object('platform');
  return {
    ...readCommon(fields),
    annotations: fields.texts('annotations'),
    platform: platform && readPlatform(platform),
  };
}

/** `manifest.Schema2Descriptor` of containers/image: in a Docker manifest. */
export function readDockerDescriptor(fields: Fields): DescriptorFields {
  return { ...readCommon(fields), annotations: {}, platform: undefined };
}

/** `manifest.Schema2ManifestDescriptor` of containers/image: in a Docker manifest list. */
export function readDockerEntry(fields: Fields): DescriptorFields {
  const platform = fields.object('platform');
  platform?.textList('features');
  return { ...readCommon(fields), annotations: {}, platform: platform && readPlatform(platform) };
}

function readCommon(fields: Fields) {
  return {
    mediaType: fields.text('mediaType'),
    digest: fields.text('digest'),
    size: fields.integer('size'),
    urls: fields.textList('urls'),
  };
}

function readPlatform(fields: Fields): Platform {
  fields.textList('os.features');
  fields.text('os.version');
  const [os, architecture, variant] = [fields.text('os'), fields.text('architecture'), fields.text('variant')];
  return { os, architecture, variant: variant === '' ? undefined : variant };
}

import { archiveName } from '../../../archive/docker-archive.js';
import { PullpinError } from '../../../errors.js';
import type { Digest } from '../../../oci/digest.js';
import type { ImageManifest } from '../../../oci/manifest.js';
import { archiveLayers } from '../../../oci/manifest.js';
import { formatPlatform, type Platform, systemOfPlatform } from '../../../oci/platform.js';
import { formatReference } from '../../../oci/reference.js';
import { formatHash, type HashFormat } from '../../literals/hash.js';

/** What the text of a template needs a hash of: the file of pullImage, the folder of nix2container, or nothing. */
export type Needs = 'docker-archive' | 'nar' | 'none';

/** What a pin says, spelled as the attributes of `dockerTools.pullImage` are. */
export interface PinAttributes {
  readonly imageName: string;
  readonly imageDigest: Digest;
  /** What the tag resolves to when that is an index. */
  readonly indexDigest?: Digest | undefined;
  /** What was hashed; where it is absent, the caller knows that the hash is what the template needs. */
  readonly target?: Needs | undefined;
  /** The sha256 of what Nix fetches; absent where nothing was hashed. */
  readonly hash?: Digest | undefined;
  readonly finalImageName: string;
  readonly finalImageTag: string;
  /** The tag that was looked up; absent for an image that was named by its digest alone. */
  readonly tag?: string | undefined;
  readonly os: string;
  readonly arch: string;
  readonly variant?: string | undefined;
  /** The Nix system that the pin is for, where the platform has several; that of the platform when omitted. */
  readonly system?: string | undefined;
  /** The manifest of the platform; what is rendered without it has no value `manifest`. */
  readonly manifest?: ImageManifest | undefined;
  /** Whether Nix would build something else without `os` and `arch`. */
  readonly platformMatters: boolean;
  /** False when the registry was reached over plain HTTP or unverified TLS. */
  readonly tlsVerify: boolean;
}

/** The name of the attribute that holds the hash. */
export type HashAttribute = 'sha256' | 'hash' | 'outputHash';

/** The choices that a user has for the text of a pin, whatever the template. */
export interface ValueOptions {
  readonly hashAttribute?: HashAttribute | undefined;
  readonly hashFormat?: HashFormat | undefined;
  /** Whether the `oci-string` template writes a Nix string instead of plain text. */
  readonly quote?: boolean | undefined;
}

/** What a template sees under one name. No value is ever undefined: templates are strict. */
export type TemplateValue = string | boolean | null | readonly TemplateValues[];

/** Everything that a template can use; docs/templates.md lists it for users. */
export interface TemplateValues {
  readonly [name: string]: TemplateValue;
}

/** What the values of a pin are made of, beside the pin. */
export interface ValueSettings extends ValueOptions {
  /** A checked path of Nix identifiers. */
  readonly functionPath: string;
  /** What the image is called among those that are written. */
  readonly name: string;
}

/** The values that a template sees. */
export function templateValues(pin: PinAttributes, settings: ValueSettings) {
  const { imageName, imageDigest, finalImageName, finalImageTag, os, arch, platformMatters, tlsVerify } = pin;
  const platform: Platform = { os, architecture: arch, variant: pin.variant };
  const { hashAttribute = 'sha256', hashFormat = 'sri', quote = false, functionPath, name } = settings;
  return {
    name,
    imageName,
    imageDigest,
    finalImageName,
    finalImageTag,
    loadedName: loadedName(pin),
    tag: pin.tag ?? null,
    os,
    arch,
    variant: pin.variant ?? null,
    platform: formatPlatform(platform),
    system: pin.system ?? systemOfPlatform(platform),
    platformMatters,
    tlsVerify,
    function: functionPath,
    stdenv: stdenvBeside(functionPath),
    hashAttr: hashAttribute,
    outputHashAlgo: hashAttribute === 'outputHash' ? 'sha256' : null,
    ...(pin.hash ? hashValues(pin.hash, hashAttribute, hashFormat) : { hash: null, sri: null, nix32: null, hex: null }),
    ociString: formatReference({
      name: imageName,
      digest: imageDigest,
      tag: pin.tag,
    }),
    manifest: pin.manifest ? Buffer.from(pin.manifest.stored.bytes).toString('utf8') : null,
    configDigest: pin.manifest?.config.digest ?? null,
    layers: pin.manifest ? archiveLayers(pin.manifest) : [],
    quote,
  };
}

/** The name and the tag that the image has once it is loaded; null where an archive cannot have them. */
function loadedName({ finalImageName, finalImageTag }: PinAttributes): string | null {
  try {
    const { name, tag } = archiveName(finalImageName, finalImageTag);
    return `${name}:${tag}`;
  } catch (error) {
    if (error instanceof PullpinError) return null;
    throw error;
  }
}

/** The `stdenv` of the package set that a function is called from: `pkgs.stdenv` for `pkgs.dockerTools.pullImage`. */
function stdenvBeside(functionPath: string): string {
  const packages = /^(.+)\.dockerTools\.[^.]+$/.exec(functionPath)?.[1];
  return packages === undefined ? 'stdenv' : `${packages}.stdenv`;
}

/** The values of one pin. */
export type PinValues = ReturnType<typeof templateValues>;

/** `hash` and `outputHash` of a derivation have no algorithm of their own, so a hash that is not SRI has it in front. */
function hashValues(hash: Digest, attribute: HashAttribute, format: HashFormat) {
  const [sri, nix32, hex] = [formatHash(hash, 'sri'), formatHash(hash, 'nix32'), formatHash(hash, 'hex')];
  const needsPrefix = attribute !== 'sha256' && format !== 'sri';
  return { hash: `${needsPrefix ? 'sha256:' : ''}${formatHash(hash, format)}`, sri, nix32, hex };
}

import { isOwnHash } from '../nix/find/images/own-arguments.js';
import type { PinForm, PinSite } from '../nix/find/pin-site.js';
import { ownTag, pinHash } from '../nix/find/site-values.js';
import { systemOfName } from '../nix/values/systems.js';
import { textValue } from '../nix/values/text.js';
import type { TextValue } from '../nix/values/value.js';
import type { DataText } from './tree/data-file.js';
import type { Texts } from './tree/texts.js';
import { type DataVisit, keysAround } from './tree/visits.js';

/** The names that a tool gives to the parts of a pin. */
export interface Keys {
  readonly form: PinForm;
  readonly imageName: string;
  readonly imageDigest: string;
  readonly finalImageTag: string;
}

export const NIX_PREFETCH_DOCKER: Keys = {
  ...{ form: 'json', imageName: 'imageName', imageDigest: 'imageDigest', finalImageTag: 'finalImageTag' },
};
// npins passes `image_tag` to pullImage as finalImageTag (its src/default.nix).
export const NPINS: Keys = {
  ...{ form: 'npins', imageName: 'image_name', imageDigest: 'image_digest', finalImageTag: 'image_tag' },
};

/** All that a hold has to look at: what makes a pin. */
export const IMAGE_KEYS = [
  ...['registry', 'repository', 'image', 'imageName', 'image_name', 'tag', 'imageTag', 'image_tag', 'finalImageTag'],
  ...['finalImageName', 'digest', 'imageDigest', 'image_digest', 'hash', 'sha256', 'outputHash', 'os', 'arch'],
];

/** A text with its place. */
export function valueIn({ text, origin }: DataText): TextValue {
  return textValue([{ text, origin }]);
}

/** The text of a key with its place; undefined when there is none. */
export function valueAt(texts: Texts, key: string): TextValue | undefined {
  const text = texts.get(key);
  return text && valueIn(text);
}

/** What a pin has beside its name and its digest. */
export function siteValues(
  texts: Texts,
  keys: Keys,
): Pick<PinSite, 'hashes' | 'finalImageName' | 'finalImageTag' | 'os' | 'arch' | 'tag'> {
  const finalImageTag = valueAt(texts, keys.finalImageTag);
  return {
    hashes: [...texts].flatMap(([name, text]) => (isOwnHash(name) ? [pinHash(name, valueIn(text))] : [])),
    finalImageName: valueAt(texts, 'finalImageName'),
    finalImageTag,
    tag: ownTag([valueAt(texts, 'tag'), valueAt(texts, 'imageTag')]) ?? finalImageTag,
    os: valueAt(texts, 'os'),
    arch: valueAt(texts, 'arch'),
  };
}

/** The systems that a pin is for: the one that the nearest key around it names, or all of them. */
export function systemsAt(
  visit: DataVisit,
  { hashes, arch }: Pick<PinSite, 'hashes' | 'arch'>,
  all: readonly string[],
): Pick<PinSite, 'systems' | 'isPlatformDependent'> {
  const isOpen = hashes.length > 0 && !arch;
  const [system] = isOpen ? keysAround(visit).flatMap((key) => systemOfName(key ?? '') ?? []) : [];
  return { systems: system === undefined ? all : [system], isPlatformDependent: system !== undefined };
}

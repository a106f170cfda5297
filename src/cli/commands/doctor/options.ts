import { printable, UsageError } from '../../../errors.js';
import type { Reference } from '../../../oci/reference.js';
import { commandOptions, type Operands, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { nameImage, referenceOf } from '../../options/operands.js';
import { REGISTRIES } from '../../options/registries.js';

/** One image, or none. */
const IMAGE: Operands<Reference | undefined> = {
  usage: '[IMAGE]',
  help: 'IMAGE is what nix build is to fetch: [REGISTRY/]REPOSITORY[:TAG][@DIGEST]',
  completion: 'image',
  parse([word, other]) {
    if (other !== undefined)
      throw new UsageError(`doctor looks at one image, and '${printable(other, 100)}' is another`);
    return word === undefined ? undefined : referenceOf(nameImage(word));
  },
};

/** `pullpin doctor [IMAGE]` */
export const DOCTOR = commandOptions({
  name: 'doctor',
  summary: 'Say whether nix build will be able to fetch images, and what to add where it will not',
  operands: IMAGE,
  groups: { json: JSON_OUTPUT, registries: REGISTRIES, loudness: GENERAL },
  examples: [
    ['pullpin doctor', 'The settings of this machine'],
    ['pullpin doctor redis:7.4', 'Also whether a build can fetch this image'],
  ],
});

export type DoctorCommandSettings = SettingsOf<typeof DOCTOR>;

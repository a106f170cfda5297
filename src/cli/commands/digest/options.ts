import { commandOptions, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { IMAGES } from '../../options/operands.js';
import { CACHE, REGISTRIES } from '../../options/registries.js';

/** `pullpin digest IMAGE...` */
export const DIGEST = commandOptions({
  name: 'digest',
  summary: 'Print the digest of a tag: one request, one line',
  operands: IMAGES,
  groups: { json: JSON_OUTPUT, registries: REGISTRIES, cache: CACHE, loudness: GENERAL },
  examples: [
    ['pullpin digest redis:7.4', 'Its digest, sha256:…'],
    ['pullpin digest --json redis:7.4 nginx:1.27', 'Those of several images, for a script'],
  ],
});

export type DigestSettings = SettingsOf<typeof DIGEST>;

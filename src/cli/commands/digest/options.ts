import { UsageError } from '../../../errors.js';
import { commandOptions, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { JSON_FLAG } from '../../options/json.js';
import { IMAGES } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';
import { DIGEST_PLATFORM } from '../../options/platforms.js';
import { CACHE, REGISTRIES } from '../../options/registries.js';

const DIGEST_OUTPUT = optionGroup({
  title: 'Output',
  options: {
    json: JSON_FLAG,
    names: { type: 'flag', help: 'Print the name in front of each digest' },
  },
  parse({ json, names }) {
    if (json && names) throw new UsageError('--json has the names, and does not go together with --names');
    return { json, names };
  },
});

/** `pullpin digest IMAGE...` */
export const DIGEST = commandOptions({
  name: 'digest',
  summary: 'Print the digest of a tag: one request, one line',
  operands: IMAGES,
  groups: {
    output: DIGEST_OUTPUT,
    platform: DIGEST_PLATFORM,
    registries: REGISTRIES,
    cache: CACHE,
    loudness: GENERAL,
  },
  examples: [
    ['pullpin digest redis:7.4', 'Its digest, sha256:…'],
    ['pullpin digest --platform linux/arm64 redis:7.4', "That of one platform's manifest"],
    ['pullpin digest --names redis:7.4 nginx:1.27', 'Those of several images, one line each'],
    ['pullpin digest --json redis:7.4 nginx:1.27', 'Those of several images, for a script'],
  ],
});

export type DigestSettings = SettingsOf<typeof DIGEST>;

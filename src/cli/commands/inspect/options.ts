import { commandOptions, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { IMAGES } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';
import { FROM, layoutOf } from '../../options/pinning.js';
import { ONE_PLATFORM } from '../../options/platforms.js';
import { CACHE, REGISTRIES } from '../../options/registries.js';

const SOURCE = optionGroup({ title: 'Image', options: { from: FROM }, parse: ({ from }) => layoutOf(from) });

/** `pullpin inspect IMAGE` */
export const INSPECT = commandOptions({
  name: 'inspect',
  summary: 'Show digest, platforms, layers, age and labels of an image without downloading its layers',
  operands: { ...IMAGES, usage: 'IMAGE' },
  groups: {
    from: SOURCE,
    json: JSON_OUTPUT,
    platform: ONE_PLATFORM,
    registries: REGISTRIES,
    cache: CACHE,
    loudness: GENERAL,
  },
  examples: [
    ['pullpin inspect redis:7.4', 'What a tag stands for'],
    ['pullpin inspect --platform linux/arm64 redis:7.4', 'The layers of another platform'],
  ],
});

export type InspectSettings = SettingsOf<typeof INSPECT>;

import { byteSize, optionGroup } from './option.js';

/** The options of commands that download layers. */
export const DOWNLOADS = optionGroup({
  title: 'Downloads',
  isRare: true,
  options: {
    'max-spool': {
      setting: 'user',
      type: 'value',
      value: 'SIZE',
      default: '8GiB',
      help: 'The largest layer that may be kept in TMPDIR when it has to be read twice, or when its size is not known',
    },
  },
  parse: (raw) => ({ maxSpool: byteSize('max-spool', raw['max-spool']) }),
});

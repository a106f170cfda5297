import { UsageError } from '../../errors.js';
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

/** Which program computes hashes: pullpin alone, skopeo alone, or both, which must then agree. */
export type BackendChoice = 'pullpin' | 'skopeo' | 'both';

/** Of the commands that download images. */
export const BACKEND = optionGroup({
  title: 'Backend',
  isRare: true,
  options: {
    backend: {
      setting: 'user',
      type: 'value',
      value: 'NAME',
      choices: ['pullpin', 'skopeo'],
      default: 'pullpin',
      help: 'What computes hashes; skopeo also takes some images that pullpin refuses',
    },
    verify: { setting: 'user', type: 'flag', help: 'Compute each hash with pullpin and with skopeo, and compare' },
  },
  parse({ backend, verify }, isTyped): BackendChoice {
    if (verify && backend === 'skopeo' && isTyped('backend'))
      throw new UsageError('--verify computes with both, and does not go together with --backend skopeo');
    if (verify) return 'both';
    return backend ?? 'pullpin';
  },
});

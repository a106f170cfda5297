import { UsageError } from '../../errors.js';
import { parseSharedAddress, type SharedAddress } from '../../shared-cache/address.js';
import { type KeyText, parsePublicKey } from '../../shared-cache/entries/key-text.js';
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

/** What other machines are asked, and told. */
export interface SharedCacheSettings {
  /** Undefined where none is used. */
  readonly address: SharedAddress | undefined;
  /** Public keys whose holders are believed. */
  readonly keys: readonly KeyText[];
  /** The file with the secret key that signs what this run finds out; undefined when it only reads. */
  readonly secretFile: string | undefined;
  /** How many of a hundred hashes are computed again. */
  readonly samplePercent: number;
  /** An option about a shared cache that was typed, for the message that none is named. */
  readonly typed: string | undefined;
}

/** Of the commands that compute hashes. */
export const SHARED_CACHE = optionGroup({
  title: 'Shared cache',
  isRare: true,
  options: {
    'shared-cache': {
      setting: 'user',
      type: 'value',
      value: 'URL',
      help: 'Ask the cache of a team for hashes: oci://HOST/REPOSITORY, https://HOST/PATH or file:///FOLDER',
    },
    'shared-cache-key': {
      setting: 'user',
      type: 'values',
      value: 'NAME:BASE64',
      help: 'Believe what this public key has signed there; repeatable',
    },
    'shared-cache-write': {
      setting: 'user',
      type: 'value',
      value: 'FILE',
      completion: 'file',
      help: 'Also write there what this run finds out, signed with the secret key in FILE (pullpin cache key NAME FILE makes one)',
    },
    'verify-shared': {
      setting: 'user',
      type: 'value',
      value: 'PERCENT',
      default: '0',
      help: 'Compute so many of a hundred shared hashes all the same, such as 2%, and fail where one is wrong',
    },
  },
  parse(raw, isTyped): SharedCacheSettings {
    const url = raw['shared-cache'];
    const names = ['shared-cache-key', 'shared-cache-write', 'verify-shared'] as const;
    return {
      address: url === undefined ? undefined : parseSharedAddress(url),
      keys: raw['shared-cache-key'].map(parsePublicKey),
      secretFile: raw['shared-cache-write'],
      samplePercent: percent(raw['verify-shared']),
      // In a file or the environment, a key may wait for a cache.
      typed: names.find((name) => raw[name] !== undefined && raw[name].length > 0 && isTyped(name)),
    };
  },
});

function percent(text = '0'): number {
  const [, digits = ''] = /^(\d{1,3}(?:\.\d{1,6})?)\s?%?$/.exec(text) ?? [];
  const value = digits === '' ? Number.NaN : Number(digits);
  if (value <= 100) return value;
  throw new UsageError(`--verify-shared is a number from 0 to 100, such as 2%, not '${text}'`);
}

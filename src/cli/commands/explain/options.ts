import { UsageError } from '../../../errors.js';
import { HashError, parseHash, ZERO_HASH } from '../../../nix/literals/hash.js';
import type { Digest } from '../../../oci/digest.js';
import type { Reference } from '../../../oci/reference.js';
import { commandOptions, type SettingsOf } from '../../options/command.js';
import { SHARED_CACHE } from '../../options/downloads.js';
import { GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { nameImage, PINS, referenceOf } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';
import { ONE_PLATFORM } from '../../options/platforms.js';
import { CACHE, REGISTRIES } from '../../options/registries.js';

/** A hash of an image that stands in no file. */
export interface AskedHash {
  readonly reference: Reference;
  readonly got: Digest;
  readonly specified: Digest | undefined;
}

const HASH = optionGroup({
  title: 'Without an error message',
  options: {
    image: { type: 'value', value: 'IMAGE', help: 'The image whose hash this is, with its tag or digest' },
    got: { type: 'value', value: 'HASH', help: 'The hash that Nix got' },
    specified: { type: 'value', value: 'HASH', help: 'The hash that stands in the file' },
  },
  parse({ image, got, specified }): AskedHash | undefined {
    if (image === undefined && got === undefined && specified === undefined) return undefined;
    if (image === undefined || got === undefined)
      throw new UsageError('write --image IMAGE and --got HASH together, or give the error message of Nix on stdin');
    const given = specified === undefined ? undefined : hashIn('specified', specified);
    const hash = { reference: referenceOf(nameImage(image)), got: hashIn('got', got), specified: given };
    if (given !== undefined && hash.got === ZERO_HASH)
      throw new UsageError(
        '--got is a placeholder, which no download has: write what stands in the file as --specified',
      );
    return hash;
  },
});

function hashIn(option: string, text: string): Digest {
  try {
    return parseHash(text).hash;
  } catch (error) {
    if (error instanceof HashError) throw new UsageError(`--${option}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** `pullpin explain [PATH]... <ERROR` */
export const EXPLAIN = commandOptions({
  name: 'explain',
  summary: 'Say why a hash does not match, from the error message of Nix on stdin',
  operands: {
    ...PINS,
    usage: '[PATH]...',
    help: 'PATH is a file or a folder with the pin; without any: what git knows below here',
  },
  groups: {
    hash: HASH,
    json: JSON_OUTPUT,
    platform: ONE_PLATFORM,
    registries: REGISTRIES,
    cache: CACHE,
    sharedCache: SHARED_CACHE,
    loudness: GENERAL,
  },
  examples: [
    ['nix build 2>&1 | pullpin explain', 'What is to blame, and the line to change'],
    ['pullpin explain --image redis:7.4 --got HASH', 'What a hash is of'],
  ],
});

export type ExplainSettings = SettingsOf<typeof EXPLAIN>;

import { copyDestination } from '../../nix-store/copy-destination.js';
import { optionGroup } from './option.js';

/** Which stores get what was hashed. */
export interface StoreSettings {
  /** The Nix store of this machine. */
  readonly isWanted: boolean;
  /** The store or binary cache that Nix copies it to. */
  readonly copyTo: string | undefined;
}

/** Of the commands that download images. */
export const STORE = optionGroup({
  title: 'Nix store',
  isRare: true,
  options: {
    store: {
      setting: 'user',
      type: 'flag',
      help: 'Add the image to the Nix store, where nix build finds it',
    },
    'copy-to': {
      setting: 'user',
      type: 'value',
      value: 'URL',
      help: 'Then copy it to another store, such as s3://cache or file:///srv/cache',
    },
  },
  parse: (raw): StoreSettings => {
    const copyTo = raw['copy-to'] === undefined ? undefined : copyDestination(raw['copy-to']);
    return { isWanted: raw.store === true || copyTo !== undefined, copyTo };
  },
});

/** The end of a line about the Nix store: where the image was copied to. What a URL may say of a login is omitted. */
export function copiedText(copyTo: string | undefined): string {
  return copyTo === undefined ? '' : `, and copied to ${copyTo.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//')}`;
}

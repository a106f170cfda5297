import { UsageError } from '../../../errors.js';
import { commandOptions, type SettingsOf } from '../../options/command.js';
import { BACKEND, DOWNLOADS, SHARED_CACHE } from '../../options/downloads.js';
import { GENERAL } from '../../options/general.js';
import { IMAGES } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';
import { PINNING } from '../../options/pinning.js';
import { PLATFORMS } from '../../options/platforms.js';
import { CACHE, REGISTRIES, SIGNATURES } from '../../options/registries.js';
import { RENDERING } from '../../options/rendering.js';
import { STORE } from '../../options/store.js';

const ARCHIVE = optionGroup({
  title: 'Archive',
  isRare: true,
  options: {
    archive: {
      type: 'value',
      value: 'FILE',
      completion: 'file',
      help: 'Also write the docker-archive into FILE, for docker load',
    },
  },
  parse({ archive }) {
    if (archive === '-') throw new UsageError('--archive names a file: stdout is for the pin');
    return { file: archive };
  },
});

/** `pullpin pin IMAGE...`, which is also `pullpin IMAGE...`. */
export const PIN = commandOptions({
  name: 'pin',
  summary: 'Pin images: print Nix code with digest and hash',
  operands: IMAGES,
  groups: {
    rendering: RENDERING,
    pinning: PINNING,
    platforms: PLATFORMS,
    registries: REGISTRIES,
    cache: CACHE,
    sharedCache: SHARED_CACHE,
    store: STORE,
    backend: BACKEND,
    archive: ARCHIVE,
    downloads: DOWNLOADS,
    signatures: SIGNATURES,
    loudness: GENERAL,
  },
  examples: [
    ['pullpin redis:7.4', 'A block for dockerTools.pullImage'],
    ['pullpin --system aarch64-linux redis:7.4', 'The same for another system'],
    ['pullpin -t per-system --platform amd64,arm64 redis:7.4', 'One call for both systems'],
    ['pullpin --json redis:7.4 nginx:1.27', 'Several images, for a script'],
    ['pullpin --store redis:7.4', 'The same, and nix build downloads nothing more'],
    ['pullpin --verify-signature cosign.pub ghcr.io/acme/app:1', 'Only if cosign has signed it with this key'],
    ['pullpin --from oci:result registry.example/app:1', 'An image that is not pushed yet'],
  ],
});

export type PinCommandSettings = SettingsOf<typeof PIN>;

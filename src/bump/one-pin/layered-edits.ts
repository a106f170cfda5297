import type { FileEdit } from '../../nix/edit/edit.js';
import { LayersError, rewriteLayers } from '../../nix/edit/layers.js';
import type { LayeredParts, PinSite } from '../../nix/find/pin-site.js';
import { archiveLayers, type ImageManifest, isForeignLayer } from '../../oci/manifest.js';
import { SiteError } from '../../recipe/site-error.js';
import { textOrFail } from '../../recipe/site-text.js';
import { rewriteOrFail } from '../site/rewrite.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import type { NewDigest } from './new-digest.js';

/** The edits that give a layered pin the config and the layers of its new image; none for any other pin. Throws a PullpinError. */
export async function layeredEdits(
  { site, lookUps, settings }: TrackedPin,
  to: Pick<NewDigest, 'digest' | 'platform'>,
): Promise<FileEdit[]> {
  const { layered } = site;
  if (!layered) return [];
  const image = await lookUps.image(to.digest, to.platform);
  const foreign = image.layers.find(isForeignLayer);
  if (foreign)
    throw new SiteError(
      'layers',
      `layer ${foreign.digest} comes from outside of the registry, where a layered pin cannot fetch it`,
    );
  const config = textOrFail(layered.configDigest, 'configDigest');
  return [...rewriteOrFail(config, image.config.digest, 'configDigest'), ...layersEdits(layered, image, settings.read)];
}

function layersEdits({ layers }: LayeredParts, image: ImageManifest, read: (path: string) => string | undefined) {
  if (layers.kind === 'unfollowable')
    throw new SiteError('unfollowable', `its layers are not written as one list of digests: ${layers.message}`);
  try {
    return rewriteLayers(layers, archiveLayers(image), read(layers.file) ?? '');
  } catch (error) {
    if (error instanceof LayersError) throw new SiteError('layers', error.message);
    throw error;
  }
}

/** Throws a SiteError for a layered pin that does not say which platform its layers are of. */
export function checkLayered({ layered, arch }: PinSite): void {
  if (!layered) return;
  textOrFail(layered.configDigest, 'configDigest');
  if (layered.variant) textOrFail(layered.variant, 'variant');
  if (arch?.kind === 'text') return;
  throw new SiteError('arch', 'its layers are of one platform, and it does not say which: write os and arch');
}

/** Whether the config of a layered pin is to be filled in. */
export function lacksConfig({ layered }: PinSite): boolean {
  return layered?.configDigest.kind === 'text' && layered.configDigest.text === '';
}

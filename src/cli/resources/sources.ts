import type { Cache } from '../../cache/cache.js';
import { UsageError } from '../../errors.js';
import type { LayoutReference } from '../../layout/layout-reference.js';
import type { OpenedImage } from '../../oci/image-source.js';
import type { Reference } from '../../oci/reference.js';
import type { SharedCacheSettings } from '../options/downloads.js';
import type { CacheSettings, RegistryOptionSettings } from '../options/registries.js';
import type { Context } from '../terminal/context.js';
import type { Report } from '../terminal/report.js';
import type { NamedImages } from './references.js';
import { openRegistries } from './registries.js';
import { openSharingCache } from './shared-cache.js';

/** The source of the images of one run: their registries, or a layout on disk. */
export interface Sources {
  of(reference: Reference): OpenedImage;
  /** The results of earlier runs. */
  readonly cache: Cache | undefined;
  close(): Promise<void>;
}

/** Settings that decide where images are read from. */
export interface SourceSettings {
  readonly registries: RegistryOptionSettings;
  readonly cache: CacheSettings;
  readonly sharedCache?: SharedCacheSettings | undefined;
  readonly from?: LayoutReference | undefined;
}

/** Opens the source of the images, and closes it after `act`. Throws a PullpinError. */
export async function withSources<Result>(
  settings: SourceSettings,
  images: NamedImages,
  context: Context,
  report: Report,
  act: (sources: Sources) => Promise<Result>,
): Promise<Result> {
  const sources = await openSources(settings, images, context, report);
  try {
    return await act(sources);
  } finally {
    await sources.close();
  }
}

async function openSources(
  settings: SourceSettings,
  { images, registries }: NamedImages,
  context: Context,
  report: Report,
): Promise<Sources> {
  const cache = await openSharingCache(settings, context, report);
  if (settings.from) {
    if (images.length > 1) throw new UsageError('--from reads one image, so only one can be named');
    const { openOciLayout } = await import('../../layout/oci-layout.js');
    const image = await openOciLayout(settings.from, context);
    return { of: () => image, cache, close: async () => cache?.shared?.close() };
  }
  const client = await openRegistries(settings.registries, { registries, cache, report }, context);
  return { of: (reference) => ({ source: client.repository(reference) }), cache, close: () => client.close() };
}

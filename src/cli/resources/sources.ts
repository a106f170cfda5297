import type { Cache } from '../../cache/cache.js';
import { UsageError } from '../../errors.js';
import { openOciLayout, parseLayoutReference } from '../../layout/oci-layout.js';
import type { OpenedImage } from '../../oci/image-source.js';
import type { Reference } from '../../oci/reference.js';
import type { RegistryOptions } from '../options/options.js';
import type { Context } from '../terminal/context.js';
import type { Report } from '../terminal/report.js';
import { openCache } from './cache.js';
import type { NamedImages } from './references.js';
import { openRegistries } from './registries.js';

/** Where the images of one run are read from: their registries, or a layout on disk. */
export interface Sources {
  of(reference: Reference): OpenedImage;
  /** What earlier runs found out. */
  readonly cache: Cache | undefined;
  close(): Promise<void>;
}

/** Opens what the images are read from, for as long as `act` takes. Throws a PullpinError. */
export async function withSources<Result>(
  options: RegistryOptions & { readonly from?: string | undefined },
  images: NamedImages,
  context: Context,
  report: Report,
  act: (sources: Sources) => Promise<Result>,
): Promise<Result> {
  const sources = await openSources(options, images, context, report);
  try {
    return await act(sources);
  } finally {
    await sources.close();
  }
}

async function openSources(
  options: RegistryOptions & { readonly from?: string | undefined },
  { references, registries }: NamedImages,
  context: Context,
  report: Report,
): Promise<Sources> {
  const cache = await openCache(options, context);
  if (options.from !== undefined) {
    if (references.length > 1) throw new UsageError('--from reads one image, so only one can be named');
    const image = await openOciLayout({ ...parseLayoutReference(options.from), signal: context.signal });
    return { of: () => image, cache, close: async () => {} };
  }
  const client = await openRegistries(options, registries, context, report);
  return { of: (reference) => ({ source: client.repository(reference) }), cache, close: () => client.close() };
}

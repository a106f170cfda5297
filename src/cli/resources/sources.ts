import type { Cache } from '../../cache/cache.js';
import { UsageError } from '../../errors.js';
import { openOciLayout, parseLayoutReference } from '../../layout/oci-layout.js';
import type { Digest } from '../../oci/digest.js';
import type { ImageSource } from '../../oci/image-source.js';
import type { Reference } from '../../oci/reference.js';
import type { RateLimit } from '../../registry/client.js';
import type { RegistryOptions } from '../options/options.js';
import type { Context } from '../terminal/context.js';
import type { Report } from '../terminal/report.js';
import { openCache } from './cache.js';
import type { NamedImages } from './references.js';
import { openRegistries } from './registries.js';

/** Where an image is read from, and what it is looked up by there. */
export interface Place {
  readonly source: ImageSource;
  /** In place of the reference's own tag or digest. */
  readonly sourceDigest?: Digest;
  /** What earlier runs found out. */
  readonly cache?: Cache;
  /** What the registry said last of how much may still be asked for. */
  readonly rateLimit?: () => RateLimit | undefined;
}

/** Where the images of one run are read from: their registries, or a layout on disk. */
export interface Sources {
  of(reference: Reference): Place;
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
  const remembered = cache ? { cache } : {};
  if (options.from !== undefined) return openLayout(options.from, references, remembered, context);
  const client = await openRegistries(options, registries, context, report);
  return {
    of: (reference) => {
      const source = client.repository(reference);
      return { source, ...remembered, rateLimit: () => source.rateLimit };
    },
    close: () => client.close(),
  };
}

async function openLayout(
  from: string,
  references: readonly Reference[],
  remembered: { readonly cache?: Cache },
  { signal }: Context,
): Promise<Sources> {
  if (references.length > 1) throw new UsageError('--from reads one image, so only one can be named');
  const { source, digest } = await openOciLayout({ ...parseLayoutReference(from), signal });
  return { of: () => ({ source, sourceDigest: digest, ...remembered }), close: async () => {} };
}

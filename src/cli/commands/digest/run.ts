import { formatPlatform, type Platform } from '../../../oci/platform.js';
import { formatReference, type Reference, tagOrDigestOf } from '../../../oci/reference.js';
import { resolve } from '../../../pin/resolve.js';
import { referenceOf } from '../../options/operands.js';
import { readImages } from '../../resources/references.js';
import { type Sources, withSources } from '../../resources/sources.js';
import type { Context } from '../../terminal/context.js';
import { collect, conclude, outcomeJson } from '../../terminal/outcome.js';
import { Report } from '../../terminal/report.js';
import type { DigestSettings } from './options.js';

const CONCURRENT_LOOKUPS = 16;

export async function runDigest(settings: DigestSettings, context: Context): Promise<number> {
  const { operands, output, platform, registries, loudness } = settings;
  const images = await readImages(operands, registries, context);
  const report = new Report(context, loudness);
  return withSources(settings, images, context, report, async (sources) => {
    const outcome = await collect(images.images, CONCURRENT_LOOKUPS, context, async (named) => {
      const reference = referenceOf(named);
      const { digest, isChosen } = await digestOf(reference, platform, sources);
      const image = formatReference(reference);
      if (platform && !isChosen)
        report.warning(`${image}: it has one manifest, not one for each platform, so --platform chose nothing`);
      return { image, platform: platform && isChosen ? formatPlatform(platform) : undefined, digest };
    });
    const { results, problems } = outcome;
    const lines = results.map(({ image, digest }) => (output.names ? `${image} ${digest}\n` : `${digest}\n`));
    const text = output.json ? outcomeJson('digests', results, problems) : lines.join('');
    return conclude(outcome, text, undefined, context, report);
  });
}

interface FoundDigest {
  readonly digest: string;
  /** Whether the digest is that of the platform's own manifest. */
  readonly isChosen: boolean;
}

/** The digest of a tag, or of its manifest for one platform. */
async function digestOf(reference: Reference, platform: Platform | undefined, sources: Sources): Promise<FoundDigest> {
  const { source } = sources.of(reference);
  const tagOrDigest = tagOrDigestOf(reference);
  if (!platform) return { digest: await source.resolve(tagOrDigest), isChosen: false };
  const { imageDigest, index } = await resolve({ source, tagOrDigest, platform, digest: 'platform' });
  return { digest: imageDigest, isChosen: index !== undefined };
}

import { formatReference, tagOrDigestOf } from '../../../oci/reference.js';
import { referenceOf } from '../../options/operands.js';
import { readImages } from '../../resources/references.js';
import { withSources } from '../../resources/sources.js';
import type { Context } from '../../terminal/context.js';
import { collect, conclude, outcomeJson } from '../../terminal/outcome.js';
import { Report } from '../../terminal/report.js';
import type { DigestSettings } from './options.js';

const CONCURRENT_LOOKUPS = 16;

export async function runDigest(settings: DigestSettings, context: Context): Promise<number> {
  const { operands, json, registries, loudness } = settings;
  const images = await readImages(operands, registries, context);
  const report = new Report(context, loudness);
  return withSources(settings, images, context, report, async (sources) => {
    const outcome = await collect(images.images, CONCURRENT_LOOKUPS, context, async (image) => {
      const reference = referenceOf(image);
      const digest = await sources.of(reference).source.resolve(tagOrDigestOf(reference));
      return { image: formatReference(reference), digest };
    });
    const { results, problems } = outcome;
    const text = json ? outcomeJson('digests', results, problems) : results.map(({ digest }) => `${digest}\n`).join('');
    return conclude(outcome, text, undefined, context, report);
  });
}

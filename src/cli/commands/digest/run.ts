import { formatReference, tagOrDigestOf } from '../../../oci/reference.js';
import { loudnessOf } from '../../options/options.js';
import { readReferences } from '../../resources/references.js';
import { withSources } from '../../resources/sources.js';
import type { Context } from '../../terminal/context.js';
import { collect, conclude, outcomeJson } from '../../terminal/outcome.js';
import { Report } from '../../terminal/report.js';
import type { DigestArguments } from './options.js';

const CONCURRENT_LOOKUPS = 16;

export async function runDigest(argv: DigestArguments, context: Context): Promise<number> {
  const images = await readReferences(argv.image, argv, context);
  const report = new Report(context, loudnessOf(argv));
  return withSources(argv, images, context, report, async (sources) => {
    const asked = images.references.map((reference) => ({ reference }));
    const outcome = await collect(asked, CONCURRENT_LOOKUPS, context, async ({ reference }) => ({
      image: formatReference(reference),
      digest: await sources.of(reference).source.resolve(tagOrDigestOf(reference)),
    }));
    const { results, problems } = outcome;
    const text = argv.json
      ? outcomeJson('digests', results, problems)
      : results.map(({ digest }) => `${digest}\n`).join('');
    return conclude(outcome, text, undefined, context, report);
  });
}

import { UsageError } from '../../../errors.js';
import { inspectImage } from '../../../pin/inspect.js';
import type { InspectionJson } from '../../../pin/inspection-json.js';
import { inspectionToJson } from '../../../pin/inspection-json.js';
import { loudnessOf } from '../../options/options.js';
import { platformsOf } from '../../resources/platforms.js';
import { readReferences } from '../../resources/references.js';
import { withSources } from '../../resources/sources.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { formatBytes, formatTable } from '../../terminal/format.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import type { InspectArguments } from './options.js';

export async function runInspect(argv: InspectArguments, context: Context): Promise<number> {
  const images = await readReferences(argv.image, argv, context);
  const [reference, ...otherImages] = images.references;
  const [platform, ...otherPlatforms] = await platformsOf(argv);
  if (!reference || otherImages.length > 0 || otherPlatforms.length > 0)
    throw new UsageError('inspect looks at one image and one platform');
  return withSources(argv, images, context, new Report(context, loudnessOf(argv)), async (sources) => {
    const inspection = await inspectImage(reference, { from: sources.of(reference), platform });
    const facts = inspectionToJson(reference, inspection);
    await writeOutput(argv.json ? jsonText(facts) : describe(facts), undefined, context);
    return EXIT.done;
  });
}

export function describe(facts: InspectionJson): string {
  const { layers, platforms, labels, rateLimit } = facts;
  const rows = [
    ['image', facts.image],
    ['digest', facts.digest],
    ['type', facts.mediaType],
    ['platform', facts.platform ?? 'unknown'],
    ...(platforms.length > 0 ? [['manifest', facts.platformDigest]] : []),
    ['created', facts.created ?? 'unknown'],
    ['download', `${formatBytes(facts.downloadSize)} in ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}`],
    ...(rateLimit?.remaining === undefined
      ? []
      : [['rate limit', `${rateLimit.remaining} of ${rateLimit.limit ?? '?'} pulls left`]]),
  ];
  const sections = [
    formatTable(rows),
    section(
      'platforms',
      platforms.map(({ platform, digest }) => [platform ?? 'none', digest]),
    ),
    section(
      'layers',
      layers.map(({ digest, size }) => [formatBytes(size).padStart(8), digest]),
    ),
    section('labels', Object.entries(labels)),
  ];
  return sections.filter((part) => part !== '').join('\n');
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}\n${formatTable(rows.map((row) => ['', ...row]))}`;
}

import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { formatPlatform, type Platform } from '../../../oci/platform.js';
import { formatReference } from '../../../oci/reference.js';
import { type Inspection, inspectImage } from '../../../pin/inspect.js';
import { type InspectionJson, inspectionToJson } from '../../../pin/inspection-json.js';
import { oneReference, readImages } from '../../resources/references.js';
import { withSources } from '../../resources/sources.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { formatBytes } from '../../terminal/format.js';
import { jsonText, naming } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { formatTable } from '../../terminal/table.js';
import type { InspectSettings } from './options.js';

export async function runInspect(settings: InspectSettings, context: Context): Promise<number> {
  const { operands, platform, registries, json, loudness } = settings;
  const images = await readImages(operands, registries, context);
  const reference = oneReference(images, 'inspect');
  const report = new Report(context, loudness);
  return withSources(settings, images, context, report, (sources) =>
    naming(formatReference(reference), context, report, async () => {
      const inspection = await inspectImage(reference, { from: sources.of(reference), platform });
      const text = await heavyWorkNext(context.signal, () => {
        const facts = inspectionToJson(reference, inspection);
        return json ? jsonText(facts) : inspectionText(facts);
      });
      await writeOutput(text, undefined, context);
      if (platform && inspection.index === undefined)
        warnOfPlatform(formatReference(reference), platform, inspection, report);
      return EXIT.done;
    }),
  );
}

function inspectionText(facts: InspectionJson): string {
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

/** What is shown is not what was asked for, and there is nothing else. */
function warnOfPlatform(image: string, wanted: Platform, { facts }: Inspection, report: Report): void {
  const { platform } = facts;
  if (platform && (platform.os !== wanted.os || platform.architecture !== wanted.architecture))
    report.warning(
      `${image}: the image is for ${formatPlatform(platform)}, and has no other for ${formatPlatform(wanted)}`,
    );
}

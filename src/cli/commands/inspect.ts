import type { Argv } from 'yargs';
import { UsageError } from '../../errors.js';
import type { InspectionJson } from '../../library/inspections.js';
import {
  JSON_OPTION,
  type JsonOption,
  loudnessOf,
  PLATFORM_OPTIONS,
  type PlatformOptions,
  RUN_OPTIONS,
  type RunOptions,
  text,
  withImages,
  withOptions,
} from '../options/options.js';
import { platformsOf } from '../options/platforms.js';
import { readReferences } from '../options/references.js';
import { withSources } from '../resources/sources.js';
import type { Context, Start } from '../terminal/context.js';
import { EXIT } from '../terminal/exit-code.js';
import { formatBytes, formatTable } from '../terminal/format.js';
import { jsonText } from '../terminal/outcome.js';
import { writeOutput } from '../terminal/output.js';
import { Report } from '../terminal/report.js';

type InspectArguments = { image: string[]; from: string | undefined } & JsonOption & PlatformOptions & RunOptions;

/** `pullpin inspect IMAGE` */
export function addInspectCommand(parser: Argv, start: Start): Argv {
  return parser.command<InspectArguments>({
    command: 'inspect [image..]',
    describe: 'Show digest, platforms, layers, age and labels of an image, without its layers',
    builder: (yargs) =>
      withImages(
        withOptions(yargs, {
          ...JSON_OPTION,
          from: { ...text, describe: 'Read the image from oci:FOLDER[:TAG]' },
          ...PLATFORM_OPTIONS,
          ...RUN_OPTIONS,
        }),
      ).example('$0 inspect redis:7.4', 'What is behind a tag'),
    handler: (argv) => start((context) => runInspect(argv, context)),
  });
}

async function runInspect(argv: InspectArguments, context: Context): Promise<number> {
  const { inspectImage, inspectionToJson } = await import('../../library/inspections.js');
  const { tagOrDigestOf } = await import('../../library/references.js');
  const images = await readReferences(argv.image, argv, context);
  const [reference, ...otherImages] = images.references;
  const [platform, ...otherPlatforms] = await platformsOf(argv);
  if (!reference || otherImages.length > 0 || otherPlatforms.length > 0)
    throw new UsageError('inspect looks at one image and one platform');
  return withSources(argv, images, context, new Report(context, loudnessOf(argv)), async (sources) => {
    const { source, sourceDigest, rateLimit } = sources.of(reference);
    const inspection = await inspectImage(source, sourceDigest ?? tagOrDigestOf(reference), platform);
    const facts = inspectionToJson(reference, inspection, rateLimit?.());
    await writeOutput(argv.json ? jsonText(facts) : describe(facts), undefined, context);
    return EXIT.done;
  });
}

function describe(facts: InspectionJson): string {
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

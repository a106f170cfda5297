import type { Argv } from 'yargs';
import { printable, UsageError } from '../../errors.js';
import type { Inspection, Platform, RateLimit } from '../../index.js';
import type { Context, Start } from '../context.js';
import { EXIT } from '../exit-code.js';
import { formatBytes, formatTable } from '../format.js';
import {
  GENERAL_OPTIONS,
  type GeneralOptions,
  loudnessOf,
  PLATFORM_OPTIONS,
  type PlatformOptions,
  REGISTRY_OPTIONS,
  type RegistryOptions,
  withOptions,
} from '../options.js';
import { writeOutput } from '../output.js';
import { platformsOf } from '../platforms.js';
import { readReferences } from '../references.js';
import { Report } from '../report.js';
import { openSources } from '../sources.js';

type InspectArguments = { image: string; json: boolean | undefined; from: string | undefined } & PlatformOptions &
  RegistryOptions &
  GeneralOptions;

/** `pullpin inspect IMAGE` */
export function addInspectCommand(parser: Argv, start: Start): Argv {
  return parser.command<InspectArguments>({
    command: 'inspect <image>',
    describe: 'Show digest, platforms, layers, age and labels of an image, without its layers',
    builder: (yargs) =>
      withOptions(yargs, {
        json: { type: 'boolean', describe: 'Print JSON, as docs/json.md describes it' },
        from: { type: 'string', requiresArg: true, describe: 'Read the image from oci:FOLDER[:TAG]' },
        ...PLATFORM_OPTIONS,
        ...REGISTRY_OPTIONS,
        ...GENERAL_OPTIONS,
      })
        .positional('image', { type: 'string', demandOption: true, describe: '[REGISTRY/]REPOSITORY[:TAG][@DIGEST]' })
        .example('$0 inspect redis:7.4', 'What is behind a tag'),
    handler: (argv) => start((context) => runInspect(argv, context)),
  });
}

async function runInspect(argv: InspectArguments, context: Context): Promise<number> {
  const { formatReference, inspectImage } = await import('../../index.js');
  const references = await readReferences([argv.image], context);
  const [reference] = references;
  const [platform, ...others] = await platformsOf(argv);
  if (!reference || others.length > 0) throw new UsageError('inspect looks at one image and one platform');
  const sources = await openSources(argv, references, context, new Report(context, loudnessOf(argv)));
  try {
    const { source, sourceDigest, rateLimit } = sources.of(reference);
    const inspection = await inspectImage(
      source,
      sourceDigest ?? reference.digest ?? reference.tag ?? 'latest',
      platform,
    );
    const facts = toJson(formatReference(reference), inspection, rateLimit?.());
    await writeOutput(argv.json ? `${JSON.stringify(facts, null, 2)}\n` : describe(facts), undefined, context);
    return EXIT.done;
  } finally {
    await sources.close();
  }
}

/** The documented JSON of `pullpin inspect --json` (docs/json.md). */
function toJson(
  image: string,
  { digest, mediaType, index, manifest, facts }: Inspection,
  rateLimit: RateLimit | undefined,
) {
  return {
    version: 1,
    image,
    digest,
    mediaType,
    platforms: (index?.entries ?? []).map(({ platform, digest, size }) => ({
      platform: nameOf(platform),
      digest,
      size,
    })),
    platform: nameOf(facts.platform),
    platformDigest: manifest.stored.digest,
    layers: manifest.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size })),
    downloadSize: [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, 0),
    created: facts.created ?? null,
    labels: facts.labels,
    rateLimit: rateLimit ?? null,
  };
}

function nameOf(platform: Platform | undefined): string | null {
  return platform
    ? [platform.os, platform.architecture, ...(platform.variant ? [platform.variant] : [])].join('/')
    : null;
}

function describe(facts: ReturnType<typeof toJson>): string {
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
    section(
      'labels',
      Object.entries(labels).map(([key, value]) => [key, value]),
    ),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => ['', ...row.map((cell) => printable(cell))]);
  return rows.length === 0 ? '' : `${title}\n${formatTable(shown)}`;
}

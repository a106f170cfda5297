import type { Argv } from 'yargs';
import type { Pin, Renderer } from '../../library/images.js';
import type { Platform, Reference } from '../../library/references.js';
import {
  loudnessOf,
  PLATFORM_OPTIONS,
  type PlatformOptions,
  RUN_OPTIONS,
  type RunOptions,
  withImages,
  withOptions,
} from '../options/options.js';
import {
  checkTogether,
  PIN_OPTIONS,
  type PinOptions,
  RENDER_OPTIONS,
  renderOptions,
  targetOf,
} from '../options/pin-options.js';
import { platformsOf } from '../options/platforms.js';
import { readReferences } from '../options/references.js';
import { type Sources, withSources } from '../resources/sources.js';
import type { Context, Start } from '../terminal/context.js';
import { collect, conclude, type Outcome, outcomeJson } from '../terminal/outcome.js';
import { checkOutput } from '../terminal/output.js';
import { createDownloadProgress, type DownloadProgress } from '../terminal/progress.js';
import { Report } from '../terminal/report.js';

type PinArguments = { image: string[] } & PinOptions & PlatformOptions & RunOptions;

/** `pullpin pin IMAGE...`, which is also `pullpin IMAGE...`. */
export function addPinCommand(parser: Argv, start: Start): Argv {
  return parser.command<PinArguments>({
    command: ['pin [image..]', '$0 [image..]'],
    describe: 'Pin images: print Nix code with digest and hash',
    builder: (yargs) =>
      withImages(withOptions(yargs, { ...RENDER_OPTIONS, ...PIN_OPTIONS, ...PLATFORM_OPTIONS, ...RUN_OPTIONS }))
        .example('$0 redis:7.4', 'A block for dockerTools.pullImage')
        .example('$0 --system aarch64-linux ghcr.io/x/y:1.2', 'The same for another system')
        .example('$0 --json redis:7.4 nginx:1.27', 'Several images, for a script')
        .example('$0 --from oci:result registry.example/app:1', 'An image that is not pushed yet'),
    handler: (argv) => start((context) => runPin(argv, context)),
  });
}

/** Downloads of so many images go on at a time; each has several layers under way. */
const CONCURRENT_PINS = 3;

async function runPin(argv: PinArguments, context: Context): Promise<number> {
  const { createRenderer } = await import('../../library/images.js');
  const images = await readReferences(argv.image, argv, context);
  const wanted = wantedPins(images.references, await platformsOf(argv));
  const renderer = await createRenderer(renderOptions(argv));
  checkTogether(argv, { images: images.references.length, pins: wanted.length }, renderer);
  await checkOutput(argv.output, context);

  const progress = createDownloadProgress(context, loudnessOf(argv) === 'normal');
  const report = new Report(context, loudnessOf(argv), () => progress.clear());
  return withSources(argv, images, context, report, async (sources) => {
    const outcome = await collect(wanted, CONCURRENT_PINS, context, (one) =>
      pinOne(one, argv, renderer, sources, context, progress),
    ).finally(() => progress.stop());
    await warn(outcome.results, report);
    return conclude(outcome, await textOf(outcome, argv, renderer), argv.output, context, report);
  });
}

interface WantedPin {
  readonly reference: Reference;
  readonly platform: Platform | undefined;
}

function wantedPins(references: readonly Reference[], platforms: readonly Platform[]): WantedPin[] {
  const each = platforms.length > 0 ? platforms : [undefined];
  return references.flatMap((reference) => each.map((platform) => ({ reference, platform })));
}

async function pinOne(
  { reference, platform }: WantedPin,
  argv: PinArguments,
  renderer: Renderer,
  sources: Sources,
  { temporaryFolder }: Context,
  progress: DownloadProgress,
): Promise<Pin> {
  const { pinImage } = await import('../../library/images.js');
  const shown = progress.image(reference.name);
  try {
    return await pinImage({
      reference,
      ...sources.of(reference),
      target: targetOf(argv, renderer),
      ...(platform && { platform }),
      ...(argv.digest !== undefined && { digest: argv.digest }),
      ...(argv['final-name'] !== undefined && { finalName: argv['final-name'] }),
      ...(argv['final-tag'] !== undefined && { finalTag: argv['final-tag'] }),
      temporaryFolder,
      onProgress: shown.onProgress,
    });
  } finally {
    shown.done();
  }
}

async function warn(pins: readonly Pin[], report: Report): Promise<void> {
  const { formatReference } = await import('../../library/references.js');
  for (const { reference, warnings } of pins)
    for (const warning of warnings) report.warning(`${formatReference(reference)}: ${warning}`);
}

/** Nix code that lacks one of its pins is better shown than written into a file, where nobody sees what is missing. */
async function textOf(
  { results, problems }: Outcome<Pin>,
  { json, output }: PinArguments,
  renderer: Renderer,
): Promise<string> {
  const { pinToJson } = await import('../../library/images.js');
  if (json) return outcomeJson('pins', results.map(pinToJson), problems);
  const isLeftOut = results.length === 0 || (problems.length > 0 && output !== undefined);
  return isLeftOut ? '' : renderer.render(results);
}

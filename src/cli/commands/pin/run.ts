import type { Renderer } from '../../../nix/render/render.js';
import { createRenderer } from '../../../nix/render/render.js';
import type { Platform } from '../../../oci/platform.js';
import type { Reference } from '../../../oci/reference.js';
import { formatReference } from '../../../oci/reference.js';
import type { Pin } from '../../../pin/pin.js';
import { pinImage } from '../../../pin/pin.js';
import { pinToJson } from '../../../pin/pin-json.js';
import { loudnessOf } from '../../options/options.js';
import { checkTogether, renderOptions, targetOf } from '../../options/pin-options.js';
import { platformsOf } from '../../resources/platforms.js';
import { createDownloadProgress, type DownloadProgress } from '../../resources/progress.js';
import { readReferences } from '../../resources/references.js';
import { type Sources, withSources } from '../../resources/sources.js';
import type { Context } from '../../terminal/context.js';
import { collect, conclude, type Outcome, outcomeJson } from '../../terminal/outcome.js';
import { checkOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import type { PinArguments } from './options.js';

/** Downloads of so many images go on at a time; each has several layers under way. */
const CONCURRENT_PINS = 3;

export async function runPin(argv: PinArguments, context: Context): Promise<number> {
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
  const shown = progress.image(reference.name);
  try {
    return await pinImage(reference, {
      from: sources.of(reference),
      cache: sources.cache,
      target: targetOf(argv, renderer),
      platform,
      digest: argv.digest,
      finalName: argv['final-name'],
      finalTag: argv['final-tag'],
      temporaryFolder,
      onProgress: shown.onProgress,
    });
  } finally {
    shown.done();
  }
}

async function warn(pins: readonly Pin[], report: Report): Promise<void> {
  for (const { reference, warnings } of pins)
    for (const warning of warnings) report.warning(`${formatReference(reference)}: ${warning}`);
}

/** Nix code that lacks one of its pins is better shown than written into a file, where nobody sees what is missing. */
async function textOf(
  { results, problems }: Outcome<Pin>,
  { json, output }: PinArguments,
  renderer: Renderer,
): Promise<string> {
  if (json) return outcomeJson('pins', results.map(pinToJson), problems);
  const isLeftOut = results.length === 0 || (problems.length > 0 && output !== undefined);
  return isLeftOut ? '' : renderer.render(results);
}

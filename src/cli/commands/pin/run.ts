import { PullpinError } from '../../../errors.js';
import type { Renderer } from '../../../nix/render/render.js';
import { createRenderer } from '../../../nix/render/render.js';
import type { Platform } from '../../../oci/platform.js';
import { formatReference } from '../../../oci/reference.js';
import type { Pin } from '../../../pin/pin.js';
import { pinImage } from '../../../pin/pin.js';
import { pinToJson } from '../../../pin/pin-json.js';
import { findPlatforms } from '../../../pin/platforms.js';
import { type NamedImage, referenceOf } from '../../options/operands.js';
import type { Pinning } from '../../options/pinning.js';
import type { WantedPlatforms } from '../../options/platforms.js';
import { createDownloadProgress, type DownloadProgress } from '../../progress/progress.js';
import { readImages } from '../../resources/references.js';
import { type Sources, withSources } from '../../resources/sources.js';
import type { Context } from '../../terminal/context.js';
import { collect, conclude, type Outcome, outcomeJson } from '../../terminal/outcome.js';
import { checkOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { checkTogether, targetOf } from './check.js';
import type { PinSettings } from './options.js';

/** Images that are downloaded at a time; each has several layers under way. */
const CONCURRENT_PINS = 3;

export async function runPin(settings: PinSettings, context: Context): Promise<number> {
  const { rendering, platforms, registries, loudness } = settings;
  const images = await readImages(settings.operands, registries, context);
  const renderer = await createRenderer(rendering.render);
  checkTogether(settings, images.images.length, renderer);
  await checkOutput(rendering.output, context);

  const progress = createDownloadProgress(context, loudness === 'normal', images.images.length);
  const report = new Report(context, loudness, () => progress.clear());
  return withSources({ ...settings, from: settings.pinning.from }, images, context, report, async (sources) => {
    const wanted = (await Promise.all(images.images.map((image) => pinsOf(image, platforms, sources)))).flat();
    const { pinning, downloads } = settings;
    const run = { pinning, downloads, target: targetOf(settings, renderer), sources, context, progress };
    const outcome = await collect(wanted, CONCURRENT_PINS, context, (one) => pinOne(one, run)).finally(() =>
      progress.stop(),
    );
    warn(outcome.results, report);
    return conclude(outcome, pinsText(outcome, settings, renderer), rendering.output, context, report);
  });
}

/** One pin that is asked for: an image on a platform. */
interface WantedPin {
  /** What the user calls the image. */
  readonly text: string;
  readonly image: NamedImage;
  readonly platform: Platform | undefined;
}

/** The pins of one image. What is not the name of an image is one problem, for however many platforms it was named. */
async function pinsOf(image: NamedImage, wanted: WantedPlatforms, sources: Sources): Promise<WantedPin[]> {
  const { text } = image;
  if ('error' in image) return [{ text, image, platform: undefined }];
  try {
    const { reference } = image;
    const lookUp = { from: sources.of(reference), cache: sources.cache };
    const platforms = wanted === 'all' ? await findPlatforms(reference, lookUp) : wanted;
    if (!platforms || platforms.length === 0) return [{ text, image, platform: undefined }];
    return platforms.map((platform) => ({ text, image, platform }));
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    return [{ text, image: { text, error }, platform: undefined }];
  }
}

/** What all pins of a run share. */
interface PinRun {
  readonly pinning: Pinning;
  readonly downloads: PinSettings['downloads'];
  readonly target: ReturnType<typeof targetOf>;
  readonly sources: Sources;
  readonly context: Context;
  readonly progress: DownloadProgress;
}

async function pinOne(
  { image, platform }: WantedPin,
  { pinning, downloads, target, sources, context, progress }: PinRun,
): Promise<Pin> {
  const reference = referenceOf(image);
  const { digest, finalName, finalTag } = pinning;
  return pinImage(reference, {
    from: sources.of(reference),
    cache: sources.cache,
    ...{ target, platform, digest, finalName, finalTag },
    temporaryFolder: context.temporaryFolder,
    maxSpool: downloads.maxSpool,
    onProgress: progress.image(formatReference(reference)),
  });
}

function warn(pins: readonly Pin[], report: Report): void {
  for (const { reference, warnings } of pins)
    for (const warning of warnings) report.warning(`${formatReference(reference)}: ${warning}`);
}

/** Nix code that lacks one of its pins is better shown than written into a file, where the user does not see what is missing. */
function pinsText({ results, problems }: Outcome<Pin>, { rendering }: PinSettings, renderer: Renderer): string {
  if (rendering.json) return outcomeJson('pins', results.map(pinToJson), problems);
  const isIncompleteFile = problems.length > 0 && rendering.output !== undefined;
  return results.length === 0 || isIncompleteFile ? '' : renderer.render(results);
}

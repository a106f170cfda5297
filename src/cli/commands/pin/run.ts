import type { Renderer } from '../../../nix/render/render.js';
import { createRenderer } from '../../../nix/render/render.js';
import { PlatformError, systemOfPlatform } from '../../../oci/platform.js';
import { formatReference } from '../../../oci/reference.js';
import type { KeptArchive } from '../../../pin/keep-archive.js';
import type { Pin, PinSettings } from '../../../pin/pin.js';
import { pinImage } from '../../../pin/pin.js';
import { pinToJson } from '../../../pin/pin-json.js';
import type { SharingSettings } from '../../../pin/shared-image.js';
import type { HashBackend } from '../../../prefetch/targets/backend.js';
import { referenceOf } from '../../options/operands.js';
import type { Pinning } from '../../options/pinning.js';
import type { WantedPlatform } from '../../options/platforms.js';
import { copiedText, type StoreSettings } from '../../options/store.js';
import { createDownloadProgress, type DownloadProgress } from '../../progress/progress.js';
import { openBackend } from '../../resources/backend.js';
import { keptArchive } from '../../resources/kept-archive.js';
import { readImages } from '../../resources/references.js';
import { signatureCheck } from '../../resources/signatures.js';
import { type Sources, withSources } from '../../resources/sources.js';
import type { Context } from '../../terminal/context.js';
import { count } from '../../terminal/format.js';
import { collect, conclude, type Outcome, outcomeJson } from '../../terminal/outcome.js';
import { checkOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { checkTogether, isListOfCalls, neededHash } from './check.js';
import type { PinCommandSettings } from './options.js';
import { checkWantedPlatforms, type WantedPin, wantedPins } from './wanted-pins.js';

/** How many images are downloaded at the same time; each downloads several layers at once. */
const CONCURRENT_PINS = 3;

export async function runPin(settings: PinCommandSettings, context: Context): Promise<number> {
  const { rendering, platforms, registries, loudness } = settings;
  const images = await readImages(settings.operands, registries, context);
  const renderer = await createRenderer(rendering.render);
  checkTogether(settings, images.images, renderer);
  // JSON has a pin for each platform, whatever the template.
  const isPerSystem = renderer.isPerSystem && !rendering.json;
  if (isPerSystem) checkWantedPlatforms(platforms);
  await checkOutput(rendering.output, context);
  await checkOutput(settings.archive.file, context, '--archive');
  const keep = await keptArchive(settings.store, settings.archive.file, context);

  const checkSignature = await signatureCheck(settings.signatures, context);
  const progress = createDownloadProgress(context, loudness === 'normal', images.images.length);
  const report = new Report(context, loudness, () => progress.clear());
  return withSources({ ...settings, from: settings.pinning.from }, images, context, report, async (sources) => {
    const { pinning } = settings;
    const sharing = { temporaryFolder: context.temporaryFolder, maxSpool: settings.downloads.maxSpool };
    const request = { platforms, isPerSystem, sources, sharing, report };
    const wanted = (await Promise.all(images.images.map((image) => wantedPins(image, request)))).flat();
    const target = neededHash(settings, renderer);
    const backend = await openBackend(settings.backend, registries, context);
    const run = { checkSignature, pinning, sharing, isPerSystem, target, sources, progress, keep, backend };
    const outcome = await collect(wanted, CONCURRENT_PINS, context, (one) => pinOne(one, run)).finally(async () => {
      progress.stop();
      await Promise.all(wanted.map(({ shared }) => shared?.close()));
    });
    reportPins(outcome.results, settings.store, report);
    if (isListOfCalls(settings, outcome.results.length, renderer))
      report.warning(
        `${rendering.output} has ${count(outcome.results.length, 'block')}, one below the other, and is no Nix file by itself: --template images writes one`,
      );
    return conclude(outcome, pinsText(outcome, settings, renderer), rendering.output, context, report);
  });
}

/** What all pins of a run share. */
interface PinRun {
  readonly pinning: Pinning;
  readonly sharing: SharingSettings;
  readonly isPerSystem: boolean;
  readonly target: ReturnType<typeof neededHash>;
  readonly sources: Sources;
  readonly progress: DownloadProgress;
  readonly keep: KeptArchive | undefined;
  readonly backend: HashBackend | undefined;
  readonly checkSignature: PinSettings['checkSignature'];
}

async function pinOne({ image, platform, shared }: WantedPin, run: PinRun): Promise<Pin> {
  const reference = referenceOf(image);
  const { sources, target } = run;
  const { digest, finalName, finalTag } = run.pinning;
  const pin = await pinImage(reference, {
    from: shared?.opened ?? sources.of(reference),
    cache: sources.cache,
    ...{ target, platform, system: platform?.system, digest, finalName, finalTag },
    ...run.sharing,
    keep: run.keep,
    backend: run.backend,
    checkSignature: run.checkSignature,
    onProgress: run.progress.image(formatReference(reference)),
  });
  // Without an index there is one image, and what the user typed is what Nix should get.
  const isAsked = platform?.isTyped === true && pin.indexDigest === undefined;
  if (platform && (run.isPerSystem || isAsked)) checkPlatform(pin, platform);
  return pin;
}

/** Checks that an image is for the platform that it should be for. Throws a PlatformError. */
function checkPlatform({ os, arch, variant, system }: Pin, wanted: WantedPlatform): void {
  const actual = { os, architecture: arch, variant };
  const [has, wants] = [system ?? systemOfPlatform(actual), wanted.system ?? systemOfPlatform(wanted)];
  const isSame = actual.os === wanted.os && actual.architecture === wanted.architecture;
  if (has === null || wants === null ? isSame : has === wants) return;
  throw new PlatformError(wanted, [actual]);
}

function reportPins(pins: readonly Pin[], { copyTo }: StoreSettings, report: Report): void {
  for (const { reference, warnings, storePath } of pins) {
    const image = formatReference(reference);
    for (const warning of warnings) report.warning(`${image}: ${warning}`);
    if (storePath !== undefined) report.note(`${image} is in the Nix store: ${storePath}${copiedText(copyTo)}`);
  }
}

/** Refuses to write a file when a pin is missing: in a file, the user would not see what is missing. */
function pinsText({ results, problems }: Outcome<Pin>, { rendering }: PinCommandSettings, renderer: Renderer): string {
  if (rendering.json) return outcomeJson('pins', results.map(pinToJson), problems);
  const isIncompleteFile = problems.length > 0 && rendering.output !== undefined;
  return results.length === 0 || isIncompleteFile
    ? ''
    : renderer.render(rendering.render.template === 'oci-string' ? distinct(results) : results);
}

/** A string names no platform, so the pins of one image for several platforms may be the same. */
function distinct(pins: readonly Pin[]): Pin[] {
  const isSame = (one: Pin, other: Pin): boolean =>
    one.reference === other.reference && one.imageDigest === other.imageDigest;
  return pins.filter((pin, at) => pins.findIndex((other) => isSame(pin, other)) === at);
}

import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { UsageError } from '../../../errors.js';
import { type Explanation, explainImage, explainPin, pinOf } from '../../../explain/explain.js';
import { readMismatches } from '../../../explain/nix-error.js';
import { formatOrigin } from '../../../explain/origin.js';
import { listPins } from '../../../list/list-pins.js';
import { formatHash } from '../../../nix/literals/hash.js';
import { formatReference, formatRepository } from '../../../oci/reference.js';
import { LookUps } from '../../../pin/look-ups.js';
import { checkOneStdin } from '../../options/registries.js';
import { createDownloadProgress } from '../../progress/progress.js';
import { openRegistries } from '../../resources/registries.js';
import { openSharingCache } from '../../resources/shared-cache.js';
import { readPinFiles } from '../../selection/pin-files.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { collect, conclude, outcomeJson } from '../../terminal/outcome.js';
import { Report } from '../../terminal/report.js';
import { readStdin } from '../../terminal/stdin.js';
import { formatTable } from '../../terminal/table.js';
import type { ExplainSettings } from './options.js';

/** A log of a build may be long, in bytes. */
const MAX_LOG = 16 * 1024 * 1024;

export async function runExplain(settings: ExplainSettings, context: Context): Promise<number> {
  const progress = createDownloadProgress(context, settings.loudness === 'normal', 1);
  const report = new Report(context, settings.loudness, () => progress.clear());
  const subjects = await readSubjects(settings, context, report);
  const cache = await openSharingCache(settings, context, report);
  const registries = settings.hash ? [settings.hash.reference.registry] : [];
  const client = await openRegistries(settings.registries, { registries, cache, report }, context);
  const lookUps = new LookUps({
    registries: client,
    cache,
    temporaryFolder: context.temporaryFolder,
    onDownload: (image) => progress.image(image.name ?? formatRepository(image)),
  });
  try {
    // One after the other: what one has downloaded, the next one may need.
    const outcome = await collect(subjects, 1, context, ({ explain }) => explain(lookUps));
    progress.stop();
    const { results, problems } = outcome;
    const text = settings.json
      ? outcomeJson('explanations', results.map(toJson), problems)
      : results.map(explanationText).join('\n');
    const code = await conclude(outcome, text, undefined, context, report);
    return code === EXIT.done && results.some(({ isExplained }) => !isExplained) ? EXIT.failure : code;
  } finally {
    progress.stop();
    await client.close();
  }
}

/** A mismatch, and how it is explained. */
interface Subject {
  /** What failures name: an image, or the hash that no pin has. */
  readonly text: string;
  explain(lookUps: LookUps): Promise<Explanation>;
}

/** What is to be explained: the hash on the command line, or the mismatches of a log on stdin. Throws a UsageError. */
async function readSubjects(settings: ExplainSettings, context: Context, report: Report): Promise<Subject[]> {
  const { hash, operands, platform } = settings;
  if (hash) {
    const text = formatReference(hash.reference);
    return [{ text, explain: (lookUps) => explainImage({ ...hash, platform }, lookUps) }];
  }
  if (operands.isStdin) throw new UsageError('stdin is for the error message of Nix: name the files with the pin');
  checkOneStdin(true, settings.registries, 'explain');
  const pinFiles = await readPinFiles(false, operands.words, context);
  const { pins } = await heavyWorkNext(context.signal, () => listPins(pinFiles));
  if (context.stdin().isTTY) report.note('paste the error message of Nix, and press Ctrl-D');
  const log = await readStdin(context, MAX_LOG, 'the error message of Nix');
  const mismatches = await heavyWorkNext(context.signal, () => readMismatches(log));
  if (mismatches.length === 0)
    throw new UsageError(
      'stdin has no mismatch of hashes: give it all that Nix printed, with the lines "specified:" and "got:"; for a log in a file: pullpin explain < FILE',
    );
  if (pins.length === 0)
    throw new UsageError(
      `no pin was found; pullpin looked at ${count(pinFiles.files.length, 'file')}: name the files with the pin, or the image: pullpin explain --image IMAGE --got HASH`,
    );
  return mismatches.map((mismatch) => ({
    text: mismatch.name ?? formatHash(mismatch.specified, 'sri'),
    explain: async (lookUps) => explainPin(pinOf(mismatch, pins), mismatch, lookUps),
  }));
}

function explanationText({ pin, image, specified, got, origins, message }: Explanation): string {
  const place = pin ? `${pin.file}:${pin.line}` : undefined;
  const rows = [
    ...(place === undefined ? [] : [['pin', place]]),
    ['image', image],
    ...(specified ? [['specified', `${formatHash(specified, 'sri')}  ${formatOrigin(origins.specified)}`]] : []),
    ['got', `${formatHash(got, 'sri')}  ${formatOrigin(origins.got)}`],
  ];
  return `${formatTable(rows)}${place === undefined ? '' : `${place}: `}${message}\n`;
}

function toJson({ pin, image, specified, got, origins, culprit, message }: Explanation) {
  return {
    file: pin?.file ?? null,
    line: pin?.line ?? null,
    image,
    specified: specified ? formatHash(specified, 'sri') : null,
    specifiedIs: origins.specified ? formatOrigin(origins.specified) : null,
    got: formatHash(got, 'sri'),
    gotIs: origins.got ? formatOrigin(origins.got) : null,
    culprit,
    message,
  };
}

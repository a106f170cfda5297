import { UsageError } from '../../../errors.js';
import { type Explanation, explainImage, explainPin, pinOf } from '../../../explain/explain.js';
import { type Mismatch, readMismatches } from '../../../explain/nix-error.js';
import { formatOrigin } from '../../../explain/origin.js';
import { listPins } from '../../../list/list-pins.js';
import type { ListedPin } from '../../../list/listed-pin.js';
import { formatHash } from '../../../nix/literals/hash.js';
import { LookUps } from '../../../pin/look-ups.js';
import { onePlatform } from '../../options/platforms.js';
import { openRunCache } from '../../resources/cache.js';
import { openRegistries } from '../../resources/registries.js';
import { readPinFiles } from '../../selection/pin-files.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { formatTable } from '../../terminal/format.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { readStdin } from '../../terminal/stdin.js';
import type { ExplainSettings } from './options.js';

/** A log of a build may be long. */
const MAX_LOG = 16 * 1024 * 1024;

export async function runExplain(settings: ExplainSettings, context: Context): Promise<number> {
  const report = new Report(context, settings.loudness);
  const subjects = settings.hash ? undefined : await readSubjects(settings, context);
  const cache = openRunCache(settings.cache, context, report);
  const registries = settings.hash ? [settings.hash.reference.registry] : [];
  const client = await openRegistries(settings.registries, { registries, cache, report }, context);
  try {
    const lookUps = new LookUps({ registries: client, cache, temporaryFolder: context.temporaryFolder });
    const platform = onePlatform(settings.platforms, 'explain');
    const asked = settings.hash && { ...settings.hash, platform };
    const explanations = asked
      ? [await explainImage(asked, lookUps)]
      : await inTurn(subjects ?? [], ({ pin, mismatch }) => explainPin(pin, mismatch, lookUps));
    const text = settings.json ? explanationsJson(explanations) : explanations.map(describe).join('\n');
    await writeOutput(text, undefined, context);
    return explanations.every(({ isExplained }) => isExplained) ? EXIT.done : EXIT.failure;
  } finally {
    await client.close();
  }
}

interface Subject {
  readonly pin: ListedPin;
  readonly mismatch: Mismatch;
}

/** The mismatches of a log on stdin, each with its pin. Throws a UsageError where there is none, or where a pin is not in the files. */
async function readSubjects({ operands }: ExplainSettings, context: Context): Promise<Subject[]> {
  if (operands.isStdin) throw new UsageError('stdin is for the error message of Nix: name the files with the pin');
  const mismatches = readMismatches(await readStdin(context, MAX_LOG, 'the error message of Nix'));
  if (mismatches.length === 0)
    throw new UsageError(
      'stdin has no mismatch of hashes: give it all that Nix printed, with the lines "specified:" and "got:"',
    );
  const { pins } = listPins(await readPinFiles(false, operands.words, context));
  return mismatches.map((mismatch) => {
    const pin = pinOf(mismatch, pins);
    if (pin) return { pin, mismatch };
    throw new UsageError(
      `no pin in these files has the hash ${formatHash(mismatch.specified, 'sri')}: name the files, or the image: pullpin explain --image IMAGE --got ${formatHash(mismatch.got, 'sri')}`,
    );
  });
}

async function inTurn<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}

function describe({ pin, image, specified, got, origins, message }: Explanation): string {
  const place = pin ? `${pin.file}:${pin.line}` : undefined;
  const rows = [
    ...(place === undefined ? [] : [['pin', place]]),
    ['image', image],
    ...(specified ? [['specified', `${formatHash(specified, 'sri')}  ${formatOrigin(origins.specified)}`]] : []),
    ['got', `${formatHash(got, 'sri')}  ${formatOrigin(origins.got)}`],
  ];
  return `${formatTable(rows)}${place === undefined ? '' : `${place}: `}${message}\n`;
}

function explanationsJson(explanations: readonly Explanation[]): string {
  return jsonText({
    version: 1,
    explanations: explanations.map(({ pin, image, specified, got, origins, culprit, message }) => ({
      file: pin?.file ?? null,
      line: pin?.line ?? null,
      image,
      specified: specified ? formatHash(specified, 'sri') : null,
      specifiedIs: origins.specified ? formatOrigin(origins.specified) : null,
      got: formatHash(got, 'sri'),
      gotIs: origins.got ? formatOrigin(origins.got) : null,
      culprit,
      message,
    })),
  });
}

import type { Argv } from 'yargs';
import {
  JSON_OPTION,
  type JsonOption,
  loudnessOf,
  RUN_OPTIONS,
  type RunOptions,
  withImages,
  withOptions,
} from '../options/options.js';
import { readReferences } from '../options/references.js';
import { withSources } from '../resources/sources.js';
import type { Context, Start } from '../terminal/context.js';
import { collect, conclude, outcomeJson } from '../terminal/outcome.js';
import { Report } from '../terminal/report.js';

type DigestArguments = { image: string[] } & JsonOption & RunOptions;

/** `pullpin digest IMAGE...` */
export function addDigestCommand(parser: Argv, start: Start): Argv {
  return parser.command<DigestArguments>({
    command: 'digest [image..]',
    describe: 'Print what a tag resolves to: one HEAD request, one line',
    builder: (yargs) =>
      withImages(withOptions(yargs, { ...JSON_OPTION, ...RUN_OPTIONS })).example('$0 digest redis:7.4', 'sha256:…'),
    handler: (argv) => start((context) => runDigest(argv, context)),
  });
}

const CONCURRENT_LOOKUPS = 16;

async function runDigest(argv: DigestArguments, context: Context): Promise<number> {
  const { formatReference, tagOrDigestOf } = await import('../../library/references.js');
  const images = await readReferences(argv.image, argv, context);
  const report = new Report(context, loudnessOf(argv));
  return withSources(argv, images, context, report, async (sources) => {
    const asked = images.references.map((reference) => ({ reference }));
    const outcome = await collect(asked, CONCURRENT_LOOKUPS, context, async ({ reference }) => ({
      image: formatReference(reference),
      digest: await sources.of(reference).source.resolve(tagOrDigestOf(reference)),
    }));
    const { results, problems } = outcome;
    const text = argv.json
      ? outcomeJson('digests', results, problems)
      : results.map(({ digest }) => `${digest}\n`).join('');
    return conclude(outcome, text, undefined, context, report);
  });
}

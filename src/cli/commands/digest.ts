import type { Argv } from 'yargs';
import type { Context, Start } from '../context.js';
import { exitCodeOf } from '../exit-code.js';
import {
  GENERAL_OPTIONS,
  type GeneralOptions,
  loudnessOf,
  REGISTRY_OPTIONS,
  type RegistryOptions,
  withOptions,
} from '../options.js';
import { writeOutput } from '../output.js';
import { readReferences } from '../references.js';
import { problemToJson, Report } from '../report.js';
import { openSources } from '../sources.js';

type DigestArguments = { image: string[]; json: boolean | undefined } & RegistryOptions & GeneralOptions;

/** `pullpin digest IMAGE...` */
export function addDigestCommand(parser: Argv, start: Start): Argv {
  return parser.command<DigestArguments>({
    command: 'digest <image..>',
    describe: 'Print what a tag resolves to: one HEAD request, one line',
    builder: (yargs) =>
      withOptions(yargs, {
        json: { type: 'boolean', describe: 'Print JSON, as docs/json.md describes it' },
        ...REGISTRY_OPTIONS,
        ...GENERAL_OPTIONS,
      })
        .positional('image', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: '[REGISTRY/]REPOSITORY[:TAG]; - reads them from stdin',
        })
        .example('$0 digest redis:7.4', 'sha256:…'),
    handler: (argv) => start((context) => runDigest(argv, context)),
  });
}

const CONCURRENT_LOOKUPS = 16;

async function runDigest(argv: DigestArguments, context: Context): Promise<number> {
  const { formatReference, settleInOrder } = await import('../../index.js');
  const references = await readReferences(argv.image, context);
  const report = new Report(context, loudnessOf(argv));
  const sources = await openSources(argv, references, context, report);
  try {
    const settled = await settleInOrder(references, CONCURRENT_LOOKUPS, (reference) =>
      sources.of(reference).source.resolve(reference.digest ?? reference.tag ?? 'latest'),
    );
    const named = settled.map((result, at) => ({
      result,
      image: references[at] ? formatReference(references[at]) : '',
    }));
    const digests = named.flatMap(({ result, image }) =>
      result.status === 'fulfilled' ? [{ image, digest: result.value }] : [],
    );
    const problems = named.flatMap(({ result, image }) =>
      result.status === 'rejected' ? [{ image, error: result.reason as unknown }] : [],
    );
    if (!context.signal.aborted) for (const { image, error } of problems) report.failure(error, image);
    const json = {
      version: 1,
      digests,
      problems: problems.map(({ image, error }) => ({ image, ...problemToJson(error) })),
    };
    const text = argv.json ? `${JSON.stringify(json, null, 2)}\n` : digests.map(({ digest }) => `${digest}\n`).join('');
    await writeOutput(text, undefined, context);
    return exitCodeOf(problems.map(({ error }) => error));
  } finally {
    await sources.close();
  }
}

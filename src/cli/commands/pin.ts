import type { Argv, InferredOptionTypes, Options } from 'yargs';
import { UsageError } from '../../errors.js';
import type { Pin, Platform, Reference, Renderer, RenderOptions, RenderTarget } from '../../index.js';
import type { Context, Start } from '../context.js';
import { exitCodeOf } from '../exit-code.js';
import {
  GENERAL_OPTIONS,
  type GeneralOptions,
  loudnessOf,
  PLATFORM_OPTIONS,
  type PlatformOptions,
  REGISTRY_OPTIONS,
  type RegistryOptions,
  wholeNumber,
  withOptions,
} from '../options.js';
import { checkOutput, writeOutput } from '../output.js';
import { platformsOf } from '../platforms.js';
import { createProgress, type Progress } from '../progress.js';
import { readReferences } from '../references.js';
import { problemToJson, Report } from '../report.js';
import { openSources, type Sources } from '../sources.js';

const text = { type: 'string', requiresArg: true } as const;

const PIN_OPTIONS = {
  template: {
    ...text,
    alias: 't',
    group: 'Output:',
    describe: 'pull-image, attrs, nix2container, oci-string, or a file of your own (pull-image)',
  },
  json: { type: 'boolean', group: 'Output:', describe: 'Print JSON, as docs/json.md describes it' },
  output: { ...text, alias: 'o', group: 'Output:', describe: 'Write into FILE instead of onto stdout' },
  'hash-attr': {
    ...text,
    choices: ['sha256', 'hash', 'outputHash'],
    group: 'Output:',
    describe: 'The attribute of the hash (sha256)',
  },
  'hash-format': {
    ...text,
    choices: ['sri', 'nix32', 'hex'],
    group: 'Output:',
    describe: 'How the hash is written (sri)',
  },
  indent: { ...text, group: 'Output:', describe: 'Spaces in front of each line (0)' },
  function: { ...text, group: 'Output:', describe: 'The function to call, such as pkgs.dockerTools.pullImage' },
  quote: { type: 'boolean', group: 'Output:', describe: 'With oci-string: write a Nix string' },
  digest: {
    ...text,
    choices: ['index', 'platform'],
    group: 'Pin:',
    describe: 'Pin what the tag resolves to, or the manifest of one platform (index)',
  },
  'final-name': { ...text, group: 'Pin:', describe: 'The name inside the archive (as given)' },
  'final-tag': { ...text, group: 'Pin:', describe: 'The tag inside the archive (as given)' },
  target: {
    ...text,
    choices: ['docker-archive', 'nar'],
    group: 'Pin:',
    describe: 'What Nix will fetch, for a template of your own (docker-archive)',
  },
  from: {
    ...text,
    group: 'Pin:',
    describe: 'Read the image from oci:FOLDER[:TAG]; the argument is the name it will have',
  },
} as const satisfies Record<string, Options>;

type PinArguments = { image: string[] } & InferredOptionTypes<typeof PIN_OPTIONS> &
  PlatformOptions &
  RegistryOptions &
  GeneralOptions;

/** `pullpin pin IMAGE...`, which is also `pullpin IMAGE...`. */
export function addPinCommand(parser: Argv, start: Start): Argv {
  return parser.command<PinArguments>({
    command: ['pin <image..>', '$0 <image..>'],
    describe: 'Pin images: print Nix code with digest and hash',
    builder: (yargs) =>
      withOptions(yargs, { ...PIN_OPTIONS, ...PLATFORM_OPTIONS, ...REGISTRY_OPTIONS, ...GENERAL_OPTIONS })
        .positional('image', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: '[REGISTRY/]REPOSITORY[:TAG][@DIGEST]; - reads them from stdin',
        })
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
  const { createRenderer, settleInOrder } = await import('../../index.js');
  const references = await readReferences(argv.image, context);
  const platforms = await platformsOf(argv);
  const wanted = references.flatMap((reference) =>
    allOr(platforms).map((platform): Wanted => ({ reference, platform })),
  );
  const renderer = await createRenderer(renderOptions(argv));
  checkTogether(argv, wanted, renderer);
  await checkOutput(argv.output, context);

  const progress = createProgress(context, loudnessOf(argv) === 'normal');
  const report = new Report(context, loudnessOf(argv), () => progress.clear());
  const sources = await openSources(argv, references, context, report);
  try {
    const settled = await settleInOrder(wanted, CONCURRENT_PINS, async (one) =>
      pinOne(one, argv, renderer, sources, context, progress),
    );
    progress.stop();
    return await finish(settled, wanted, argv, renderer, context, report);
  } finally {
    progress.stop();
    await sources.close();
  }
}

interface Wanted {
  readonly reference: Reference;
  readonly platform: Platform | undefined;
}

function allOr(platforms: readonly Platform[]): readonly (Platform | undefined)[] {
  return platforms.length > 0 ? platforms : [undefined];
}

function renderOptions(argv: PinArguments): RenderOptions {
  const indent = wholeNumber('indent', argv.indent, 0, 40);
  return {
    ...(argv.template !== undefined && { template: argv.template }),
    ...(argv['hash-attr'] !== undefined && { hashAttribute: argv['hash-attr'] }),
    ...(argv['hash-format'] !== undefined && { hashFormat: argv['hash-format'] }),
    ...(argv.function !== undefined && { function: argv.function }),
    ...(indent !== undefined && { indent }),
    ...(argv.quote && { quote: true }),
  };
}

/** What only makes sense for one image, or not together. Throws a UsageError. */
function checkTogether(argv: PinArguments, wanted: readonly Wanted[], renderer: Renderer): void {
  const images = new Set(wanted.map(({ reference }) => reference)).size;
  const named = argv['final-name'] ?? argv['final-tag'];
  if (named !== undefined && images > 1) throw new UsageError('--final-name and --final-tag go with one image');
  if (named !== undefined && renderer.target === 'nar') {
    throw new UsageError(
      '--final-name and --final-tag do not go with nix2container.pullImage, which has no place for them',
    );
  }
  if (argv.quote && argv.template !== 'oci-string') throw new UsageError('--quote goes with --template oci-string');
  if (argv.output !== undefined && wanted.length > 1 && !argv.json && !renderer.gathers) {
    throw new UsageError('--output with several pins needs --json, or a template that writes all pins');
  }
}

async function pinOne(
  { reference, platform }: Wanted,
  argv: PinArguments,
  renderer: Renderer,
  sources: Sources,
  context: Context,
  progress: Progress,
): Promise<Pin> {
  const { pinImage } = await import('../../index.js');
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
      temporaryFolder: context.temporaryFolder,
      onProgress: shown.onProgress,
    });
  } finally {
    shown.done();
  }
}

/** JSON always carries a hash; as text, what needs none costs no download. */
function targetOf(argv: PinArguments, { target }: Renderer): RenderTarget {
  if (argv.target !== undefined) return argv.target;
  return target === 'none' && argv.json ? 'docker-archive' : target;
}

async function finish(
  settled: readonly PromiseSettledResult<Pin>[],
  wanted: readonly Wanted[],
  argv: PinArguments,
  renderer: Renderer,
  context: Context,
  report: Report,
): Promise<number> {
  const { formatReference, pinToJson } = await import('../../index.js');
  const pins = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const problems = settled.flatMap((result, index) => {
    const image = wanted[index] ? formatReference(wanted[index].reference) : '';
    return result.status === 'rejected' ? [{ image, error: result.reason as unknown }] : [];
  });
  if (!context.signal.aborted) {
    for (const pin of pins)
      for (const warning of pin.warnings) report.warning(`${formatReference(pin.reference)}: ${warning}`);
    for (const { image, error } of problems) report.failure(error, image);
  }
  if (argv.json) {
    const listed = problems.map(({ image, error }) => ({ image, ...problemToJson(error) }));
    const json = { version: 1, pins: pins.map(pinToJson), problems: listed };
    await writeOutput(`${JSON.stringify(json, null, 2)}\n`, argv.output, context);
  } else if (pins.length > 0 && (problems.length === 0 || argv.output === undefined)) {
    await writeOutput(renderer.render(pins), argv.output, context);
  }
  return exitCodeOf(problems.map(({ error }) => error));
}

import type { Argv } from 'yargs';
import type { ListedPin, PinList } from '../../library/pins.js';
import {
  GENERAL_OPTIONS,
  type GeneralOptions,
  JSON_OPTION,
  type JsonOption,
  loudnessOf,
  withOptions,
  withPaths,
} from '../options/options.js';
import { WANTED_OPTIONS, type WantedOptions, wantedPins } from '../options/wanted-pins.js';
import { openPinFiles } from '../resources/pin-files.js';
import type { Context, Start } from '../terminal/context.js';
import { EXIT } from '../terminal/exit-code.js';
import { formatTable } from '../terminal/format.js';
import { jsonText } from '../terminal/outcome.js';
import { writeOutput } from '../terminal/output.js';
import { Report } from '../terminal/report.js';

type ListArguments = { path: string[] } & JsonOption & WantedOptions & GeneralOptions;

/** `pullpin list [PATH...]` */
export function addListCommand(parser: Argv, start: Start): Argv {
  return parser.command<ListArguments>({
    command: 'list [path..]',
    describe: 'Show the pins of a repository and the tags that they follow, without any network',
    builder: (yargs) =>
      withPaths(withOptions(yargs, { ...WANTED_OPTIONS, ...JSON_OPTION, ...GENERAL_OPTIONS }))
        .example('$0 list', 'All pins in what git knows below here')
        .example('$0 list --json hosts/ flake.nix', 'Some of them, for a script'),
    handler: (argv) => start((context) => runList(argv, context)),
  });
}

async function runList(argv: ListArguments, context: Context): Promise<number> {
  const { findInFiles, listPins } = await import('../../library/pins.js');
  const { isWanted } = await wantedPins(argv, context);
  const { files, unreadable, read } = await openPinFiles(argv.path, context);
  const found = findInFiles(files, read);
  const list = listPins({ sites: found.sites.filter(isWanted), problems: [...found.problems, ...unreadable] });
  const report = new Report(context, loudnessOf(argv));
  if (!argv.json) for (const { file, line, message } of list.problems) report.warning(`${file}:${line}: ${message}`);
  await writeOutput(argv.json ? jsonText({ version: 1, ...list }) : describe(list), undefined, context);
  return EXIT.done;
}

function describe({ pins }: PinList): string {
  return formatTable(pins.map(row));
}

function row({
  file,
  line,
  imageName,
  imageDigest,
  follows,
  followedBy,
  hashAttr,
  hashFormat,
  state,
}: ListedPin): string[] {
  return [
    `${file}:${line}`,
    imageName,
    follows === null ? '-' : `${follows} (${followedBy})`,
    imageDigest.slice('sha256:'.length, 19) || '-',
    hashAttr === null ? '-' : `${hashAttr} ${hashFormat ?? ''}`.trim(),
    state,
  ];
}

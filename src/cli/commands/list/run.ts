import { findInFiles } from '../../../list/find.js';
import type { ListedPin, PinList } from '../../../list/list-pins.js';
import { listPins } from '../../../list/list-pins.js';
import { loudnessOf } from '../../options/options.js';
import { openPinFiles } from '../../resources/pin-files.js';
import { wantedPins } from '../../resources/wanted-pins.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { formatTable } from '../../terminal/format.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import type { ListArguments } from './options.js';

export async function runList(argv: ListArguments, context: Context): Promise<number> {
  const { isWanted } = await wantedPins(argv, context);
  const { files, unreadable, read } = await openPinFiles(argv.path, context);
  const found = findInFiles(files, read);
  const list = listPins({
    ...found,
    sites: found.sites.filter(isWanted),
    problems: [...found.problems, ...unreadable],
  });
  const report = new Report(context, loudnessOf(argv));
  if (!argv.json) for (const { file, line, message } of list.problems) report.warning(`${file}:${line}: ${message}`);
  await writeOutput(argv.json ? jsonText({ version: 1, ...list }) : describe(list), undefined, context);
  return EXIT.done;
}

export function describe({ pins }: PinList): string {
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

import type { PinList } from '../../../list/list-pins.js';
import { listPins } from '../../../list/list-pins.js';
import type { ListedPin } from '../../../list/listed-pin.js';
import { loudnessOf } from '../../options/options.js';
import { readPinFiles } from '../../resources/pin-files.js';
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
  const list = listPins(await readPinFiles(argv.path, context), { isWanted });
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

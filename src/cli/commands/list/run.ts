import { listPins, type PinList } from '../../../list/list-pins.js';
import type { ListedPin } from '../../../list/listed-pin.js';
import { chooseFiles } from '../../resources/chosen-pins.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { formatTable } from '../../terminal/format.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import type { ListSettings } from './options.js';

export async function runList(settings: ListSettings, context: Context): Promise<number> {
  const { operands, chosen, json, loudness } = settings;
  const choice = await chooseFiles(operands, chosen, context);
  const list = listPins(choice.pinFiles, {
    isWanted: (pin) => choice.isWanted(pin),
    isWantedFile: (path) => choice.isWantedFile(path),
  });
  choice.checkUse(list.problems);
  const report = new Report(context, loudness);
  if (!json) for (const { file, line, message } of list.problems) report.warning(`${file}:${line}: ${message}`);
  await writeOutput(json ? jsonText({ version: 1, ...list }) : describe(list), undefined, context);
  const lost = list.problems.filter(({ code }) => code === 'unfollowable').length;
  if (!json && lost > 0) report.note(`${lost} ${lost === 1 ? 'pin' : 'pins'} cannot be followed`);
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

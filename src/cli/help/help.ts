import type { CommandOptions, Example } from '../options/command.js';
import type { Option, OptionGroup, Options } from '../options/option.js';
import { ENVIRONMENT, EXIT_CODES } from './environment.js';

export { helpWidth } from './layout.js';

import { groupsWithOwners, type HelpSource, type TitledGroup } from './groups.js';
import { columnOf, type Definition, definitions, paragraph } from './layout.js';

/** The help about all commands: one screen, or everything. */
export function programHelp(source: HelpSource, isLong: boolean, width: number): string {
  const { commands, defaultCommand } = source;
  const examples = commands.flatMap(({ examples: [first] }) => (first ? [first] : []));
  return sections(width, [
    [undefined, paragraph('Pin container images for Nix: digest and hash together.', width)],
    [
      'Usage',
      `  pullpin [${defaultCommand.name}] ${defaultCommand.operands.usage}\n  pullpin COMMAND [OPTION]... [ARGUMENT]...\n`,
    ],
    [
      'Commands',
      definitions(
        commands.map((command) => [command.name, command.summary] as const),
        width,
      ),
    ],
    ...(isLong
      ? [...optionSections(groupsWithOwners(source), source.common, width), ...environmentSections(width)]
      : []),
    ['Examples', exampleText(examples, width)],
    [undefined, paragraph(moreAbout('pullpin', isLong), width)],
  ]);
}

/** The help about one command: only its own options, or everything. */
export function commandHelp(command: CommandOptions, source: HelpSource, isLong: boolean, width: number): string {
  const { name, summary, operands, examples } = command;
  const own = Object.values(command.groups).filter((group) => isLong || !isShared(group, source.commands));
  const usage = `pullpin ${command === source.defaultCommand ? `[${name}]` : name} [OPTION]... ${operands.usage}`;
  return sections(width, [
    [undefined, paragraph(`${summary}.`, width)],
    ['Usage', `  ${usage.trimEnd()}\n`],
    ...(operands.help === '' ? [] : [[undefined, paragraph(`${operands.help}.`, width)] as const]),
    ...optionSections(
      own.map((group) => ({ title: group.title, group })),
      isLong ? source.common : {},
      width,
    ),
    ...(isLong ? environmentSections(width) : []),
    ['Examples', exampleText(examples, width)],
    ...(isLong ? [] : [[undefined, paragraph(moreAbout(`pullpin ${name}`, false), width)] as const]),
  ]);
}

type Section = readonly [title: string | undefined, text: string];

function sections(width: number, parts: readonly Section[]): string {
  return parts
    .map(([title, text]) => (title === undefined ? text : `${paragraph(`${title}:`, width)}${text}`))
    .join('\n');
}

function moreAbout(command: string, isLong: boolean): string {
  return isLong
    ? "'pullpin COMMAND --help' shows the options of one command."
    : `'${command} --help' shows all options and environment variables.`;
}

/** How many commands share a group that the short help omits, as all commands that ask registries have these groups. */
const MANY = 3;

/** Whether the short help omits a group: many commands have it, or few people need it. */
function isShared(group: OptionGroup<unknown>, commands: readonly CommandOptions[]): boolean {
  const keys = Object.keys(group.options).join();
  // The options --platform and --system take several values in one command and one in the others.
  const isSame = ({ options }: OptionGroup<unknown>): boolean => Object.keys(options).join() === keys;
  const users = commands.filter(({ groups }) => Object.values(groups).some(isSame)).length;
  return group.isRare === true || users >= MANY;
}

/** The text of the groups. Groups with the same title are joined, and all descriptions begin in one column. */
function optionSections(groups: readonly TitledGroup[], common: Options, width: number): Section[] {
  const byTitle = new Map<string, Definition[]>();
  for (const { title, group } of [...groups, { title: 'General', group: { options: common } }])
    byTitle.set(
      title,
      withoutRepetitions([...(byTitle.get(title) ?? []), ...Object.entries(group.options).map(describeOption)]),
    );
  const column = columnOf([...byTitle.values()].flat(), width);
  return [...byTitle]
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => [title, definitions(rows, width, column)]);
}

function withoutRepetitions(rows: readonly Definition[]): Definition[] {
  return [...new Map(rows).entries()];
}

/** `-t, --template NAME|FILE` */
export function optionTerm(name: string, option: Option): string {
  const long = option.type === 'flag' && option.isOn ? `--no-${name}` : `--${name}`;
  const value = option.type === 'flag' ? '' : ` ${option.value}`;
  return `${option.short === undefined ? '    ' : `-${option.short}, `}${long}${value}`;
}

function describeOption([name, option]: readonly [string, Option]): Definition {
  return [
    optionTerm(name, option),
    `${option.help}${option.default === undefined ? '' : ` (default: ${option.default})`}`,
  ];
}

function exampleText(examples: readonly Example[], width: number): string {
  return definitions(examples, width);
}

function environmentSections(width: number): Section[] {
  return [
    ['Environment', definitions(ENVIRONMENT, width)],
    ['Exit codes', definitions(EXIT_CODES, width)],
  ];
}

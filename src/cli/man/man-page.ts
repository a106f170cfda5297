import { ENVIRONMENT, EXIT_CODES } from '../help/environment.js';
import { groupsWithOwners, type HelpSource, type TitledGroup } from '../help/groups.js';
import { type Definition, wrapped } from '../help/layout.js';
import type { CommandOptions, Example } from '../options/command.js';
import type { Option } from '../options/option.js';

/** The manual page `pullpin(1)` in mdoc, from the table of options. */
export function manPage(source: HelpSource, version: string): string {
  const { commands, defaultCommand } = source;
  const lines = [
    '.Dd $Mdocdate$',
    '.Dt PULLPIN 1',
    '.Os',
    '.Sh NAME',
    '.Nm pullpin',
    '.Nd pin container images for Nix',
    '.Sh SYNOPSIS',
    '.Nm',
    `.Op Cm ${defaultCommand.name}`,
    '.Op Ar option ...',
    `.Ar ${text('IMAGE ...')}`,
    ...commands.filter((each) => each !== defaultCommand).flatMap(synopsis),
    '.Sh DESCRIPTION',
    '.Nm',
    'prints digest and hash of container images as code for Nix,',
    'and keeps the pins of a repository up to date.',
    'The commands are:',
    ...list(commands.map((command) => [`Cm ${command.name}`, `${command.summary}.`] as const)),
    ...section(
      'OPTIONS',
      [...groupsWithOwners(source), { title: 'Every command', group: { options: source.common } }].flatMap(groupLines),
    ),
    ...section(
      'ENVIRONMENT',
      list(ENVIRONMENT.map(([names, what]) => [`Ev ${names.replaceAll(', ', ' , ')}`, `${what}.`])),
    ),
    ...section('FILES', list(FILES.map(([path, what]) => [`Pa ${path}`, `${what}.`]))),
    ...section('EXIT STATUS', list(EXIT_CODES.map(([code, what]) => [`Li ${code}`, `${what}.`]))),
    ...section('EXAMPLES', commands.flatMap(({ examples }) => examples.flatMap(example)).slice(1)),
    ...section('HISTORY', [`This page is about version ${text(version)}.`]),
  ];
  return `${lines.join('\n')}\n`;
}

const FILES: readonly Definition[] = [
  ['pullpin.toml', 'The settings of a repository: the nearest one, up to the top of the repository'],
  ['~/.config/pullpin/pullpin.toml', "The user's own settings"],
  ['~/.cache/pullpin', 'What earlier runs found out'],
];

function synopsis({ name, operands }: CommandOptions): string[] {
  return ['.Nm', `.Cm ${name}`, '.Op Ar option ...', ...(operands.usage === '' ? [] : [`.Ar ${text(operands.usage)}`])];
}

function section(title: string, lines: readonly string[]): string[] {
  return [`.Sh ${title}`, ...lines];
}

function groupLines({ title, group }: TitledGroup): string[] {
  const rows = Object.entries(group.options).map(
    ([name, option]): Definition => [flagTerm(name, option), optionText(option)],
  );
  return [`.Ss ${text(title)}`, ...list(rows)];
}

/** `Fl t , Fl -template Ar NAME` */
function flagTerm(name: string, option: Option): string {
  const long = `Fl \\-${option.type === 'flag' && option.isOn ? 'no-' : ''}${name}`;
  const short = option.short === undefined ? [] : [`Fl ${option.short} ,`];
  return [...short, long, ...(option.type === 'flag' ? [] : [`Ar ${text(option.value)}`])].join(' ');
}

function optionText(option: Option): string {
  return `${option.help}.${option.default === undefined ? '' : ` The default is ${option.default}.`}`;
}

function list(rows: readonly Definition[]): string[] {
  return ['.Bl -tag -width Ds', ...rows.flatMap(([term, what]) => [`.It ${term}`, ...sentences(what)]), '.El'];
}

function example([line, what]: Example): string[] {
  return ['.Pp', `${text(what)}:`, '.Pp', `.Dl ${text(line)}`];
}

/** Puts each sentence on a separate line, as mdoc requires. */
function sentences(what: string): string[] {
  return what.split(/(?<=\.) (?=[A-Z])/).flatMap((sentence) => wrapped(text(sentence), MAX_LINE).map(atLineStart));
}

/** Breaks a line of the source, because mandoc warns about long lines. */
const MAX_LINE = 78;

/** A dot or a quote at the start of a line would make it a macro. */
function atLineStart(line: string): string {
  return line.replace(/^[.']/, '\\&$&');
}

/** Escapes text for roff: no macro at the start of a line, no escape, no word that is a macro. */
function text(what: string): string {
  return what
    .replaceAll('\\', '\\e')
    .replace(/^[.']/, '\\&$&')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replaceAll('-', '\\-')
    .replace(/…/g, '...')
    .replace(/(^| )([A-Z][a-z])(?= |$)/g, '$1\\&$2');
}

import { groupsWithOwners, type HelpSource } from '../help/groups.js';
import { optionTerm } from '../help/help.js';
import type { Option } from '../options/option.js';

/** The page docs/options.md, from the table of options. */
export function optionsPage(source: HelpSource): string {
  const commands = source.commands.map(
    ({ name, operands, summary }) => `| ${code(`pullpin ${name} ${operands.usage}`.trimEnd())} | ${cell(summary)} |`,
  );
  const groups = [...groupsWithOwners(source), { title: 'Every command', group: { options: source.common } }].map(
    ({ title, group }) =>
      `## ${title}\n\n| option | what it does | default | in pullpin.toml |\n| --- | --- | --- | --- |\n${Object.entries(group.options).map(row).join('\n')}\n`,
  );
  return `# Options

\`pullpin --help\` shows this too. It is generated from the table of options by \`npm run options\`; what stands in pullpin.toml is on
[a page of its own](config.md).

| command | what it does |
| --- | --- |
${commands.join('\n')}

${groups.join('\n')}`;
}

function row([name, option]: readonly [string, Option]): string {
  const where = { anywhere: 'yes', user: "only the user's own", none: '' }[option.setting ?? 'none'];
  return `| ${code(optionTerm(name, option).trim())} | ${cell(option.help)} | ${option.default === undefined ? '' : code(option.default)} | ${where} |`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}

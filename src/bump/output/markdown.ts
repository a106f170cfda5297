import type { BumpPlan } from '../bump-plan.js';
import { imageMoves } from './image-moves.js';

/** The plan as Markdown, for a pull request or the summary of a job. Ends with a newline. */
export function planToMarkdown({ changes, problems }: BumpPlan): string {
  const rows = imageMoves(changes).map(({ image, from, to, versions, files }) =>
    [code(image), code(from), code(to), cell(versions), files.map(code).join('<br>')].join(' | '),
  );
  const table = ['image | from | to | version | in', '--- | --- | --- | --- | ---', ...rows].map((row) => `| ${row} |`);
  const moved = rows.length === 0 ? ['All pins are up to date.'] : table;
  const unchanged = problems.map(({ file, line, message }) => `- ${code(`${file}:${line}`)} ${cell(message)}`);
  return `${[...moved, ...(unchanged.length > 0 ? ['', 'Left as they are:', '', ...unchanged] : [])].join('\n')}\n`;
}

/** Text within a table's cell: what images and registries say must not become Markdown or HTML. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#!~]/g, '\\$&').replace(/\s+/g, ' ');
}

function code(text: string): string {
  return `\`${text.replace(/[`|\s]/g, ' ')}\``;
}

import type { BumpPlan } from '../bump-plan.js';
import { imageMoves } from './image-moves.js';
import { codeSpan } from './plain-text.js';
import { groupProblems, placesText } from './problem-groups.js';
import { whatChanged } from './what-changed.js';

/** The plan as Markdown, for a pull request or the summary of a job. Ends with a newline. */
export function planToMarkdown(plan: BumpPlan): string {
  const problems = groupProblems(plan.problems).map(
    ({ places, message }) => `- ${placesText(places, codeSpan)}: ${codeSpan(message)}`,
  );
  const news = whatChanged(plan.changes);
  const details = news.length > 0 ? ['', 'What changed:', '', ...news] : [];
  const list = problems.length > 0 ? ['', 'Left as they are:', '', ...problems] : [];
  return `${[...(plan.changes.length > 0 ? table(plan) : [verdict(plan)]), ...details, ...list].join('\n')}\n`;
}

function table({ changes }: BumpPlan): string[] {
  const rows = imageMoves(changes).map(({ image, from, to, versions, files }) =>
    [codeSpan(image), codeSpan(from), codeSpan(to), versions, files.map(codeSpan).join('<br>')].join(' | '),
  );
  return ['image | from | to | version | in', '--- | --- | --- | --- | ---', ...rows].map((row) => `| ${row} |`);
}

/** The text for a plan without changes. It never says that a pin is up to date when its look-up failed. */
function verdict({ counts, problems }: BumpPlan): string {
  const failures = problems.filter(({ severity }) => severity === 'failure').length;
  if (failures > 0) return `Nothing is changed: ${counts.current} up to date, ${failures} failed.`;
  if (counts.found === 0) return 'No pins were found.';
  return problems.length > 0 ? 'All pins that follow a tag are up to date.' : 'All pins are up to date.';
}

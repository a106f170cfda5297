import { shortDigest } from '../oci/digest.js';
import type { BumpPlan } from './bump-plan.js';
import type { PinChange } from './pin-change.js';

/** One image that has moved, however many pins carry it. */
interface Move {
  readonly image: string;
  readonly from: string;
  readonly to: string;
  readonly versions: string;
  readonly files: readonly string[];
}

/** A commit message for the plan: a subject, and a body with a line for each image. Ends with a newline; empty when nothing changes. */
export function planToCommitMessage({ changes }: BumpPlan): string {
  const moves = movesOf(changes);
  const [first, ...others] = moves;
  if (!first) return '';
  const subject = others.length === 0 ? `Bump ${first.image}` : `Bump ${moves.length} container images`;
  const lines = moves.map(
    ({ image, from, to, versions }) => `- ${image}: ${from} → ${to}${versions && ` (${versions})`}`,
  );
  return `${subject}\n\n${lines.join('\n')}\n`;
}

/** The plan as Markdown, for a pull request or a job's summary. Ends with a newline. */
export function planToMarkdown({ changes, problems }: BumpPlan): string {
  const rows = movesOf(changes).map(({ image, from, to, versions, files }) =>
    [code(image), code(from), code(to), cell(versions), files.map(code).join('<br>')].join(' | '),
  );
  const table = ['image | from | to | version | in', '--- | --- | --- | --- | ---', ...rows].map((row) => `| ${row} |`);
  const moved = rows.length === 0 ? ['All pins are up to date.'] : table;
  const left = problems.map(({ file, line, message }) => `- ${code(`${file}:${line}`)} ${cell(message)}`);
  return `${[...moved, ...(left.length > 0 ? ['', 'Left as they are:', '', ...left] : [])].join('\n')}\n`;
}

function movesOf(changes: readonly PinChange[]): Move[] {
  const moves = new Map<string, Move>();
  for (const { site, follows, from, to } of changes) {
    const image = follows ? `${site.imageName.text}:${follows.tag}` : site.imageName.text;
    const key = `${image} ${from.digest} ${to.digest}`;
    const files = [...new Set([...(moves.get(key)?.files ?? []), site.file])];
    const isNewVersion = from.version !== undefined && to.version !== undefined && from.version !== to.version;
    const versions = moves.get(key)?.versions || (isNewVersion ? `${from.version} → ${to.version}` : '');
    moves.set(key, { image, from: shortDigest(from.digest), to: shortDigest(to.digest), versions, files });
  }
  return [...moves.values()];
}

/** Text within a table's cell: what images and registries say must not become Markdown or HTML. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#!~]/g, '\\$&').replace(/\s+/g, ' ');
}

function code(text: string): string {
  return `\`${text.replace(/[`|\s]/g, ' ')}\``;
}

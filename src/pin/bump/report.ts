import type { Change } from './change.js';
import type { BumpPlan } from './plan.js';
import type { BumpProblem } from './problem.js';

/** A plan in the documented JSON of `pullpin bump --json` (docs/json.md). Keys are added in time, never changed or taken away. */
export function planToJson({ changes, problems, files, counts }: BumpPlan) {
  return {
    version: 1,
    changes: changes.map(({ site, follows, from, to, platformAssumed }) => ({
      file: site.file,
      line: site.line,
      column: site.column,
      imageName: site.imageName.text,
      tag: follows?.tag ?? null,
      followedBy: follows?.by ?? null,
      from: sideToJson(from),
      to: sideToJson(to),
      platformAssumed: platformAssumed !== undefined,
    })),
    problems: problems.map(problemToJson),
    files: files.map(({ path }) => path),
    counts,
  };
}

function sideToJson({ digest, hash, version }: Change['from']) {
  return { imageDigest: digest, hash: hash ?? null, version: version ?? null };
}

function problemToJson({ error: _, imageName, imageDigest, ...problem }: BumpProblem) {
  return { ...problem, imageName: imageName ?? null, imageDigest: imageDigest ?? null };
}

/** One image that has moved, however many pins carry it. */
interface Move {
  readonly image: string;
  readonly from: string;
  readonly to: string;
  readonly versions: string;
  readonly files: readonly string[];
}

/** A commit message for the plan: a subject, and a body with a line for each image. Ends with a newline; empty when nothing changes. */
export function commitMessage({ changes }: BumpPlan): string {
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
export function markdown({ changes, problems }: BumpPlan): string {
  const rows = movesOf(changes).map(({ image, from, to, versions, files }) =>
    [code(image), code(from), code(to), cell(versions), files.map(code).join('<br>')].join(' | '),
  );
  const table = ['image | from | to | version | in', '--- | --- | --- | --- | ---', ...rows].map((row) => `| ${row} |`);
  const moved = rows.length === 0 ? ['All pins are up to date.'] : table;
  const left = problems.map(({ file, line, message }) => `- ${code(`${file}:${line}`)} ${cell(message)}`);
  return `${[...moved, ...(left.length > 0 ? ['', 'Left as they are:', '', ...left] : [])].join('\n')}\n`;
}

function movesOf(changes: readonly Change[]): Move[] {
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

/** Enough of a digest to tell it from another: what docker shows of an id. */
export function shortDigest(digest: string): string {
  return digest.startsWith('sha256:') ? digest.slice(7, 19) : 'none';
}

/** Text within a table's cell: what images and registries say must not become Markdown or HTML. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#!~]/g, '\\$&').replace(/\s+/g, ' ');
}

function code(text: string): string {
  return `\`${text.replace(/[`|\s]/g, ' ')}\``;
}

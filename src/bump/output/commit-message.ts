import type { BumpPlan } from '../bump-plan.js';
import { imageMoves } from './image-moves.js';

/** A commit message for the plan: a subject, and a body with a line for each image. Ends with a newline; empty when nothing changes. */
export function planToCommitMessage({ changes }: BumpPlan): string {
  const moves = imageMoves(changes);
  const [first, ...others] = moves;
  if (!first) return '';
  const subject = others.length === 0 ? `Bump ${first.image}` : `Bump ${moves.length} container images`;
  const lines = moves.map(
    ({ image, from, to, versions }) => `- ${image}: ${from} → ${to}${versions && ` (${versions})`}`,
  );
  return `${subject}\n\n${lines.join('\n')}\n`;
}

import { printable } from '../../errors.js';
import type { BumpPlan } from '../bump-plan.js';
import { imageMoves } from './image-moves.js';
import { codeSpan } from './plain-text.js';

/** A commit message for the plan: a subject, and a body with a line for each image. Ends with a newline; empty when nothing changes. */
export function planToCommitMessage({ changes }: BumpPlan): string {
  const moves = imageMoves(changes);
  const [first] = moves;
  if (!first) return '';
  const images = new Set(moves.map(({ image }) => image)).size;
  // A subject is plain text, not Markdown. The name and tag of an image have no characters with a special meaning there.
  const subject = images === 1 ? `Bump ${printable(first.image, 150)}` : `Bump ${images} container images`;
  const lines = moves.map(
    ({ image, from, to, versions }) => `- ${codeSpan(image)}: ${from} → ${to}${versions && ` (${versions})`}`,
  );
  return `${subject}\n\n${lines.join('\n')}\n`;
}

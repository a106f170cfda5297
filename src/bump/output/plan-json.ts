import type { BumpPlan } from '../bump-plan.js';
import type { Side } from '../one-pin/pin-change.js';
import type { BumpProblem } from '../problem.js';

/** A plan in the documented JSON of `pullpin bump --json` (docs/json.md). Keys may be added, and are never changed or removed. */
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

function sideToJson({ digest, hash, version }: Side) {
  return { imageDigest: digest, hash: hash ?? null, version: version ?? null };
}

function problemToJson({ error: _, imageName, imageDigest, ...problem }: BumpProblem) {
  return { ...problem, imageName: imageName ?? null, imageDigest: imageDigest ?? null };
}

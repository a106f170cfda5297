import type { BumpPlan } from '../bump-plan.js';
import type { PinChange, PinnedValues } from '../one-pin/pin-change.js';
import type { BumpProblem } from '../problem.js';
import { compareLink } from './compare-link.js';

/** A plan in the documented JSON of `pullpin bump --json` (docs/json.md). Keys may be added, and are never changed or removed. */
export function planToJson({ changes, problems, files, counts }: BumpPlan) {
  return {
    version: 1,
    changes: changes.map(changeToJson),
    problems: problems.map(bumpProblemToJson),
    files: files.map(({ path }) => path),
    counts,
  };
}

/** One change in that JSON. */
export function changeToJson(change: PinChange) {
  const { pin, from, to, platformAssumed, proven, systems, storePath, layers } = change;
  return {
    file: pin.file,
    line: pin.line,
    column: pin.column,
    imageName: pin.imageName,
    tag: pin.follows,
    followedBy: pin.followedBy,
    from: valuesToJson(from),
    to: valuesToJson(to),
    platformAssumed: platformAssumed !== undefined,
    assumed: pin.assumed,
    proven: proven ?? null,
    systems: systems ?? null,
    storePath: storePath ?? null,
    layers: layers ?? null,
    compareLink: compareLink(from.image, to.image) ?? null,
  };
}

function valuesToJson({ tag, digest, hash, version, image }: PinnedValues) {
  const details = image && {
    created: image.created ?? null,
    size: image.size,
    base: image.base ?? null,
    source: image.source ?? null,
    revision: image.revision ?? null,
  };
  return {
    tag: tag ?? null,
    imageDigest: digest,
    hash: hash ?? null,
    version: version ?? null,
    image: details ?? null,
  };
}

/** One problem in that JSON. */
export function bumpProblemToJson({ error: _, imageName, imageDigest, ...problem }: BumpProblem) {
  return { ...problem, imageName: imageName ?? null, imageDigest: imageDigest ?? null };
}

/** The pins in files: find them, plan what they should be, write it. */

export type { Change } from '../bump/change.js';
export { type BumpPlan, type BumpProgress, type BumpRequest, planBump } from '../bump/plan.js';
export { planToJson } from '../bump/plan-json.js';
export type { BumpProblem } from '../bump/problem.js';
export { commitMessage, markdown } from '../bump/summary.js';
export type { DigestPolicy } from '../bump/target-digest.js';
export { findFiles } from '../files/find-files.js';
export { createGlob, type Glob } from '../files/glob.js';
export { type ReadText, readSource, readWithin } from '../files/read-source.js';
export { filesAt } from '../files/revision.js';
export { type Roots, repositoryAround, searchRoots } from '../files/roots.js';
export { showDiff } from '../files/show-diff.js';
export { unifiedDiff } from '../files/unified-diff.js';
export { writeFiles } from '../files/write-files.js';
export { findInFiles, type ListedProblem, type SourceFile } from '../list/find.js';
export { type ListedPin, listPins, type PinList } from '../list/list-pins.js';
export { changedSince } from '../list/since.js';
export { applyEdits, type Edit, type FileEdit } from '../nix/edit/edit.js';
export { findPins } from '../nix/find/find-pins.js';
export type { FoundPins, PinSite } from '../nix/find/pin-site.js';
export { shortDigest } from '../oci/digest.js';
export type { OpenRepository } from '../pin/look-ups.js';

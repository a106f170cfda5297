/** The pins in files: find them, plan what they should be, write it. */
export { findFiles } from '../files/find-files.js';
export { createGlob, type Glob } from '../files/glob.js';
export { type ReadText, readSource, readWithin } from '../files/read-source.js';
export { filesAt } from '../files/revision.js';
export { type Roots, repositoryAround, searchRoots } from '../files/roots.js';
export { showDiff } from '../files/show-diff.js';
export { unifiedDiff } from '../files/unified-diff.js';
export { writeFiles } from '../files/write-files.js';
export { applyEdits, type Edit, type FileEdit } from '../nix/edit.js';
export { findPins } from '../nix/find-pins.js';
export type { FoundPins, PinSite } from '../nix/pin-site.js';
export type { Change } from '../pin/bump/change.js';
export type { OpenRepository } from '../pin/bump/images.js';
export { type BumpPlan, type BumpProgress, type BumpRequest, planBump } from '../pin/bump/plan.js';
export type { BumpProblem } from '../pin/bump/problem.js';
export { commitMessage, markdown, planToJson, shortDigest } from '../pin/bump/report.js';
export { changedSince } from '../pin/bump/since.js';
export type { DigestPolicy } from '../pin/bump/target-digest.js';
export {
  findInFiles,
  type ListedPin,
  type ListedProblem,
  listPins,
  type PinList,
  type SourceFile,
} from '../pin/list.js';

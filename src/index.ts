/**
 * pullpin as a library: what its command line does, for programs; docs/library.md shows it. The command line itself imports the rooms
 * behind it, so that each command loads no more than it needs.
 *
 * @packageDocumentation
 */

export type { BumpPlan } from './bump/bump-plan.js';
export type { PinChange } from './bump/one-pin/pin-change.js';
export type { BumpMode, DigestPolicy } from './bump/one-pin/site-settings.js';
export { planToCommitMessage } from './bump/output/commit-message.js';
export { planToMarkdown } from './bump/output/markdown.js';
export { planToJson } from './bump/output/plan-json.js';
export { type BumpProgress, type BumpSettings, planBump } from './bump/plan.js';
export type { BumpProblem } from './bump/problem.js';
export { writePlan } from './bump/write-plan.js';
export { Cache } from './cache/cache.js';
export { openCache } from './cache/open-cache.js';
export { PullpinError, UsageError } from './errors.js';
export { openOciLayout } from './layout/oci-layout.js';
export { listPins, type PinList } from './list/list-pins.js';
export type { ListedPin } from './list/listed-pin.js';
export { openPinFiles } from './list/open-pin-files.js';
export type { PinFiles } from './list/pin-files.js';
export { fromProcess, type Machine } from './machine/machine.js';
export { applyEdits, type FileEdit } from './nix/edit/edit.js';
export { formatHash, type HashFormat } from './nix/literals/hash.js';
export { createRenderer, type Renderer, type RenderOptions } from './nix/render/render.js';
export { type Platform, parsePlatform } from './oci/platform.js';
export { formatReference, parseReference, type Reference } from './oci/reference.js';
export { type Inspection, inspectImage } from './pin/inspect.js';
export { type Pin, type PinSettings, pinImage } from './pin/pin.js';
export { type PinJson, pinToJson } from './pin/pin-json.js';
export { type ConnectedRegistries, type ConnectSettings, connectRegistries } from './registry/connect.js';
export { findTags, type TagQuery, type TagSettings } from './tags/find-tags.js';

/**
 * pullpin as a library: what its command line is made of, and nothing else.
 *
 * @packageDocumentation
 */
export { type FailureKind, PullpinError, printable, UsageError } from './errors.js';
export { findFiles } from './files/find-files.js';
export { createGlob, type Glob } from './files/glob.js';
export { type ReadText, readSource, readWithin } from './files/read-source.js';
export { filesAt } from './files/revision.js';
export { type Roots, searchRoots } from './files/roots.js';
export { showDiff } from './files/show-diff.js';
export { unifiedDiff } from './files/unified-diff.js';
export { writeFiles } from './files/write-files.js';
export { type LayoutImage, type LayoutReference, openOciLayout, parseLayoutReference } from './layout/oci-layout.js';
export { applyEdits, type Edit, type FileEdit } from './nix/edit.js';
export { findPins } from './nix/find-pins.js';
export { formatHash, HASH_FORMATS, type HashFormat, parseHash, type WrittenHash } from './nix/hash.js';
export type { FoundPins, PinSite } from './nix/pin-site.js';
export { createRenderer, type Renderer, type RenderOptions } from './nix/render.js';
export { HASH_ATTRIBUTES, type HashAttribute, type PinAttributes } from './nix/template-values.js';
export { type RenderTarget, TEMPLATE_NAMES, type TemplateName } from './nix/templates.js';
export type { Descriptor } from './oci/descriptor.js';
export { type Digest, isDigest, parseDigest } from './oci/digest.js';
export { type ImageFacts, imageFacts } from './oci/image-facts.js';
export type { ImageSource, StoredManifest } from './oci/image-source.js';
export { type ImageIndex, type ImageManifest, type IndexEntry, parseManifest } from './oci/manifest.js';
export { DEFAULT_PLATFORM, formatPlatform, type Platform, parsePlatform, platformOfSystem } from './oci/platform.js';
export {
  formatReference,
  imageSpellings,
  parseReference,
  type Reference,
  type RepositoryName,
} from './oci/reference.js';
export type { OpenRepository } from './pin/bump/images.js';
export { type BumpPlan, type BumpProgress, type BumpRequest, planBump } from './pin/bump/plan.js';
export type { Change } from './pin/bump/plan-site.js';
export type { BumpProblem } from './pin/bump/problem.js';
export { commitMessage, markdown, planToJson, shortDigest } from './pin/bump/report.js';
export { changedSince } from './pin/bump/since.js';
export type { DigestPolicy } from './pin/bump/target-digest.js';
export { type Inspection, inspectImage } from './pin/inspect.js';
export { type InspectionJson, inspectionToJson } from './pin/inspection-json.js';
export type { ListedProblem } from './pin/list.js';
export { findInFiles, type ListedPin, listPins, type PinList, type SourceFile } from './pin/list.js';
export { type Pin, type PinRequest, pinImage } from './pin/pin.js';
export { type PinJson, pinToJson } from './pin/pin-json.js';
export { type DigestChoice, type Resolution, type ResolveRequest, resolve, tagOrDigestOf } from './pin/resolve.js';
export { settleInOrder } from './pin/settle.js';
export { createTagMatcher, type FoundTag, findTags, type TagQuery } from './pin/tags.js';
export { Memory, type MemoryKind } from './prefetch/memory.js';
export type { RateLimit, RegistryClient, RegistryRepository } from './registry/client.js';
export { type ConnectOptions, connectRegistries } from './registry/connect.js';
export type { ChallengeMemory, RegistryEvent } from './registry/settings.js';

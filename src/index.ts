/**
 * pullpin as a library: what its command line is made of, and nothing else. The command line itself imports the parts, so that each
 * command loads no more than it needs.
 *
 * @packageDocumentation
 */

export type { BumpPlan } from './bump/bump-plan.js';
export type { PinChange } from './bump/one-pin/pin-change.js';
export type { DigestPolicy } from './bump/one-pin/site-settings.js';
export { planToCommitMessage } from './bump/output/commit-message.js';
export { planToMarkdown } from './bump/output/markdown.js';
export { planToJson } from './bump/output/plan-json.js';
export { type BumpProgress, type BumpRequest, planBump } from './bump/plan.js';
export type { BumpProblem } from './bump/problem.js';
export { Cache, type CacheKind } from './cache/cache.js';
export { settleInOrder } from './concurrency/settle-in-order.js';
export { type FailureKind, PullpinError, printable, UsageError } from './errors.js';
export { findFiles } from './files/find-files.js';
export { createGlob, type Glob } from './files/glob.js';
export { type ReadText, readSource, readWithin } from './files/read-source.js';
export { filesAt } from './files/revision.js';
export { type Roots, repositoryAround, searchRoots } from './files/roots.js';
export { showDiff } from './files/show-diff.js';
export { unifiedDiff } from './files/unified-diff.js';
export { writeFiles } from './files/write-files.js';
export { type LayoutImage, type LayoutReference, openOciLayout, parseLayoutReference } from './layout/oci-layout.js';
export { findInFiles, type ListedProblem, type SourceFile } from './list/find.js';
export { type ListedPin, listPins, type PinList } from './list/list-pins.js';
export { changedSince } from './list/since.js';
export { applyEdits, type Edit, type FileEdit } from './nix/edit/edit.js';
export { findPins } from './nix/find/find-pins.js';
export type { FoundPins, PinSite } from './nix/find/pin-site.js';
export { formatHash, HASH_FORMATS, type HashFormat, parseHash, type WrittenHash } from './nix/literals/hash.js';
export { createRenderer, type Renderer, type RenderOptions } from './nix/render/render.js';
export { HASH_ATTRIBUTES, type HashAttribute, type PinAttributes } from './nix/render/template-values.js';
export { type Needs, TEMPLATE_NAMES, type TemplateName } from './nix/render/templates.js';
export type { Descriptor } from './oci/descriptor.js';
export { type Digest, isDigest, parseDigest, shortDigest } from './oci/digest.js';
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
  tagOrDigestOf,
} from './oci/reference.js';
export { type Inspection, inspectImage } from './pin/inspect.js';
export { type InspectionJson, inspectionToJson } from './pin/inspection-json.js';
export type { OpenRepository } from './pin/look-ups.js';
export { type Pin, type PinRequest, pinImage } from './pin/pin.js';
export { type PinJson, pinToJson } from './pin/pin-json.js';
export { type DigestChoice, type Resolution, type ResolveRequest, resolve } from './pin/resolve.js';
export type {
  ChallengeCache,
  RateLimit,
  RegistryClient,
  RegistryEvent,
  RegistryRepository,
} from './registry/client.js';
export { type ConnectOptions, connectRegistries } from './registry/connect.js';
export { type FoundTag, findTags, type TagQuery } from './tags/find-tags.js';
export { createTagMatcher } from './tags/tag-matcher.js';

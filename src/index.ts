/**
 * pullpin as a library: what its command line does, for programs; docs/library.md shows it. The command line itself imports the rooms
 * behind it, so that each command loads no more than it needs.
 *
 * @packageDocumentation
 */

// One image: look it up, see what it is, pin it, write the pin.

export type { Renderer, RenderOptions } from './nix/render/render.js';
export { createRenderer } from './nix/render/render.js';
export type { HashAttribute, Needs, PinAttributes, ValueOptions } from './nix/render/values/template-values.js';
export type { Inspection } from './pin/inspect.js';
export { inspectImage } from './pin/inspect.js';
export type { KeptArchive } from './pin/keep-archive.js';
export type { LookUpSettings } from './pin/open-image.js';
export type { Pin, PinSettings } from './pin/pin.js';
export { pinImage } from './pin/pin.js';
export type { PinJson } from './pin/pin-json.js';
export { pinToJson } from './pin/pin-json.js';
export type { DigestChoice, Resolution } from './pin/resolve.js';
export type { ResolveSettings } from './pin/resolve-image.js';
export { resolveImage } from './pin/resolve-image.js';
export type { FoundTag, TagQuery } from './tags/find-tags.js';
export { findTags } from './tags/find-tags.js';

// The pins in files: find them, plan what they should be, write the plan.

export type { BumpPlan } from './bump/bump-plan.js';
export type { PinChange, PinnedValues } from './bump/one-pin/pin-change.js';
export { planToCommitMessage } from './bump/output/commit-message.js';
export { planToMarkdown } from './bump/output/markdown.js';
export { planToJson } from './bump/output/plan-json.js';
export type { BumpSettings } from './bump/plan.js';
export { planBump } from './bump/plan.js';
export type { BumpProgress } from './bump/plan-sites.js';
export type { BumpProblem } from './bump/problem.js';
export type { BumpMode, DigestPolicy } from './bump/site/site-settings.js';
export type { WriteSettings, WrittenPlan } from './bump/write-plan.js';
export { writePlan } from './bump/write-plan.js';
export type { FollowedBy } from './list/follow.js';
export type { PinList, ProvenPin } from './list/list-pins.js';
export { listPins } from './list/list-pins.js';
export type { ListedPin, PinState } from './list/listed-pin.js';
export type { OpenSettings } from './list/open/open-pin-files.js';
export { openPinFiles } from './list/open/open-pin-files.js';
export type { ListedProblem, PinFiles, SourceFile } from './list/pin-files.js';
export type { PinSelection } from './list/select.js';
export type { ChangedFile } from './nix/edit/changed-files.js';
export type { Edit, FileEdit } from './nix/edit/edit.js';
export { applyEdits } from './nix/edit/edit.js';
export type { PinForm, RecipePart } from './nix/find/pin-site.js';

// Where images, facts and settings come from: this machine, registries, a layout on disk, the cache.

export type { Cache, CacheOptions } from './cache/cache.js';
export type { CacheKind } from './cache/entry-name.js';
export { openCache } from './cache/open-cache.js';
export type { ProvenRecipe } from './cache/proven-recipes.js';
export type { LayoutReference } from './layout/layout-reference.js';
export { openOciLayout } from './layout/oci-layout.js';
export type { Machine } from './machine/machine.js';
export { fromProcess } from './machine/machine.js';
export type { NixStore } from './nix-store/nix-store.js';
export { openNixStore } from './nix-store/nix-store.js';
export type {
  DamageReport,
  ImageSource,
  ManifestOptions,
  OpenedImage,
  RateLimit,
  Registries,
  StoredManifest,
  TaggedSource,
} from './oci/image-source.js';
export type { ChallengeCache } from './registry/auth/auth-methods.js';
export type { ConnectedRegistries } from './registry/connect.js';
export { connectRegistries } from './registry/connect.js';
export type { ConnectSettings } from './registry/connect-settings.js';
export type { RegistryEvent } from './registry/http/events.js';

// The words of the field: references, digests, platforms, manifests, hashes.

export type { HashFormat } from './nix/literals/hash.js';
export { formatHash } from './nix/literals/hash.js';
export type { Descriptor } from './oci/descriptor.js';
export type { BlobDigest, Digest } from './oci/digest.js';
export type { ImageFacts } from './oci/image-facts.js';
export type { ImageIndex, ImageManifest, IndexEntry } from './oci/manifest.js';
export type { Platform } from './oci/platform.js';
export { parsePlatform } from './oci/platform.js';
export type { Reference, RepositoryName } from './oci/reference.js';
export { formatReference, parseReference } from './oci/reference.js';

// What can go wrong.

export type { FailureKind } from './errors.js';
export { PullpinError, UsageError } from './errors.js';
export type { Diagnostic, RefusedError } from './registry/http/errors.js';
export { AuthenticationError, NotFoundError, RateLimitedError, RegistryError } from './registry/http/errors.js';

/** How images are named, and what else every command needs. */
export { type Digest, isDigest, parseDigest } from '../oci/digest.js';
export { DEFAULT_PLATFORM, formatPlatform, type Platform, parsePlatform, platformOfSystem } from '../oci/platform.js';
export {
  formatReference,
  imageSpellings,
  parseReference,
  type Reference,
  type RepositoryName,
  tagOrDigestOf,
} from '../oci/reference.js';
export { settleInOrder } from '../pin/settle.js';
export { Memory, type MemoryKind } from '../prefetch/memory.js';

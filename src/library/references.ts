/** How images are named, and what else every command needs. */

export { Cache, type CacheKind } from '../cache/cache.js';
export { settleInOrder } from '../concurrency/settle-in-order.js';
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

/** How registries are reached. */
export type { Descriptor } from '../oci/descriptor.js';
export type { ImageSource, StoredManifest } from '../oci/image-source.js';
export type { RateLimit, RegistryClient, RegistryRepository } from '../registry/client.js';
export { type ConnectOptions, connectRegistries } from '../registry/connect.js';
export type { RegistryEvent } from '../registry/http/events.js';
export type { ChallengeCache } from '../registry/http/settings.js';

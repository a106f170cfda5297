/**
 * pullpin as a library: what its command line is made of, and nothing else. The command line itself imports the parts, so that each
 * command loads no more than it needs.
 *
 * @packageDocumentation
 */
export { type FailureKind, PullpinError, printable, UsageError } from './errors.js';
export * from './library/images.js';
export * from './library/inspections.js';
export * from './library/pins.js';
export * from './library/references.js';
export * from './library/registries.js';
export * from './library/tags.js';

import type { Platform } from '../oci/platform.js';
import type { Reference } from '../oci/reference.js';
import type { TagRule } from '../tag-rules/rule.js';
import type { LockRequest, LockTarget } from './lock-schema.js';

/** A platform that an image is locked for, and its Nix system. */
export interface LockedPlatform extends Platform {
  readonly system: string;
}

/** An image as images.toml asks for it. */
export interface LockEntry {
  readonly name: string;
  readonly reference: Reference;
  /** Undefined when the tag stays. */
  readonly rule: TagRule | undefined;
  /** Empty when none are named: then the image decides, or linux/amd64. */
  readonly platforms: readonly LockedPlatform[] | 'all';
  readonly target: LockTarget;
  readonly finalName: string | undefined;
  readonly finalTag: string | undefined;
  /** In milliseconds; 0 without one. */
  readonly cooldown: number;
  readonly isFrozen: boolean;
  /** What the lock repeats, to see that the entry has changed. */
  readonly request: LockRequest;
  /** `images.toml:3` */
  readonly place: string;
}

/** Whether two entries of images.toml ask for the same. */
export function isSameRequest(one: LockRequest, other: LockRequest): boolean {
  return requestText(one) === requestText(other);
}

/** Whether two entries ask for the same image by the same rule, whatever is made of it. */
export function isSameImage(one: LockRequest, other: LockRequest): boolean {
  return one.image === other.image && one.rule === other.rule;
}

function requestText({ finalName, finalTag, image, platforms, rule, target }: LockRequest): string {
  return JSON.stringify([finalName, finalTag, image, platforms, rule, target].map((each) => each ?? null));
}

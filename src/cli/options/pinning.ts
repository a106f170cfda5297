import { type LayoutReference, parseLayoutReference } from '../../layout/layout-reference.js';
import type { Needs } from '../../nix/render/values/template-values.js';
import type { DigestChoice } from '../../pin/resolve.js';
import { type Option, optionGroup } from './option.js';

/** Settings for the pin of an image. */
export interface Pinning {
  readonly digest: DigestChoice | undefined;
  /** The name and the tag in the archive; those of the reference when undefined. */
  readonly finalName: string | undefined;
  readonly finalTag: string | undefined;
  /** What to hash; what the template needs when undefined. */
  readonly target: Needs | undefined;
  /** The place to read the image from, instead of its registry. */
  readonly from: LayoutReference | undefined;
}

/** Reads an image that is not in its registry. */
export const FROM = {
  type: 'value',
  value: 'oci:FOLDER[:TAG]',
  completion: 'folder',
  help: 'Read the image from an OCI layout; IMAGE is the name it will have',
} as const satisfies Option;

/** The layout that `--from` names. Throws a UsageError. */
export function layoutOf(from: string | undefined): LayoutReference | undefined {
  return from === undefined ? undefined : parseLayoutReference(from);
}

/** Of the commands that pin images. */
export const PINNING = optionGroup({
  title: 'Pin',
  options: {
    digest: {
      setting: 'anywhere',
      type: 'value',
      value: 'WHICH',
      choices: ['index', 'platform'],
      default: 'index',
      help: 'Pin the digest of the tag (index), or that of one platform (platform)',
    },
    'final-name': { type: 'value', value: 'NAME', help: 'The name inside the archive, if not that of IMAGE' },
    'final-tag': { type: 'value', value: 'TAG', help: 'The tag inside the archive, if not that of IMAGE' },
    target: {
      type: 'value',
      value: 'WHAT',
      choices: ['docker-archive', 'nar'],
      default: 'docker-archive',
      help: 'What Nix will fetch, for a template of your own: docker-archive or nar',
    },
    from: FROM,
  },
  parse: (raw): Pinning => ({
    digest: raw.digest,
    finalName: raw['final-name'],
    finalTag: raw['final-tag'],
    target: raw.target,
    from: layoutOf(raw.from),
  }),
});

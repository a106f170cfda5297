import type { Needs } from './template-values.js';

/**
 * What a template is applied to: to each pin; to each image, with a pin for each of its Nix systems as `systems`; or once, to all `pins` or
 * to all `images`.
 */
export type AppliedTo = 'pin' | 'image' | 'pins' | 'images';

/** A template as users choose it. */
export interface TemplateInfo {
  /** One sentence without a full stop, for lists. */
  readonly summary: string;
  readonly appliedTo: AppliedTo;
  /** It writes one line for each pin, so that no blank lines stand between them. */
  readonly isLine?: boolean;
  readonly target: Needs;
  /** What it calls, unless the user has another path; absent where nothing is called. */
  readonly function?: string;
}

const PULL_IMAGE = { target: 'docker-archive', function: 'dockerTools.pullImage' } as const;

/** The built-in templates, in the order of the docs. */
export const TEMPLATES = {
  'pull-image': { summary: 'a call of dockerTools.pullImage', appliedTo: 'pin', ...PULL_IMAGE },
  attrs: { summary: 'the attribute set of that call alone', appliedTo: 'pin', target: 'docker-archive' },
  'per-system': {
    summary: 'a call of dockerTools.pullImage that takes digest and hash of the Nix system',
    appliedTo: 'image',
    ...PULL_IMAGE,
  },
  nix2container: {
    summary: 'a call of nix2container.pullImage, with the tag in a comment',
    appliedTo: 'pin',
    target: 'nar',
    function: 'nix2container.pullImage',
  },
  'oci-string': {
    summary: 'name:tag@digest, with --quote as a Nix string',
    appliedTo: 'pin',
    isLine: true,
    target: 'none',
  },
} as const satisfies Readonly<Record<string, TemplateInfo>>;

export type TemplateName = keyof typeof TEMPLATES;

export const TEMPLATE_NAMES: readonly TemplateName[] = Object.keys(TEMPLATES).filter(isTemplateName);

export function isTemplateName(text: string): text is TemplateName {
  return Object.hasOwn(TEMPLATES, text);
}

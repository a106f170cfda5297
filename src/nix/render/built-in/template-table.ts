import type { Missing } from '../values/room.js';
import type { HashAttribute, Needs } from '../values/template-values.js';

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
  /** It has room for one platform of each image. */
  readonly isOnePlatform?: boolean;
  readonly lacks?: readonly Missing[];
  readonly target: Needs;
  /** What it calls, unless the user has another path; absent where nothing is called. */
  readonly function?: string;
  /** The names that this function has for the hash; all when absent. */
  readonly hashAttributes?: readonly HashAttribute[];
  /** Whether it can be written as a Nix string. */
  readonly takesQuote?: boolean;
}

const CALL = { target: 'docker-archive', function: 'dockerTools.pullImage' } as const;
const PKGS_CALL = { target: 'docker-archive', function: 'pkgs.dockerTools.pullImage' } as const;

/** The built-in templates, in the order of the docs. */
export const TEMPLATES = {
  'pull-image': { summary: 'a call of dockerTools.pullImage', appliedTo: 'pin', ...CALL },
  attrs: {
    summary: 'the attribute set of a call of dockerTools.pullImage, without the call',
    appliedTo: 'pin',
    target: 'docker-archive',
  },
  'per-system': {
    summary: 'a call of dockerTools.pullImage, with digest and hash of the Nix system',
    appliedTo: 'image',
    ...CALL,
  },
  images: { summary: 'a file of many images, for import', appliedTo: 'images', ...PKGS_CALL },
  overlay: {
    summary: 'an overlay that adds images to nixpkgs',
    appliedTo: 'images',
    target: 'docker-archive',
    function: 'final.dockerTools.pullImage',
  },
  flake: {
    summary: 'a flake that builds and loads images',
    appliedTo: 'images',
    target: 'docker-archive',
  },
  'oci-containers': { summary: 'a NixOS module of containers and their images', appliedTo: 'images', ...PKGS_CALL },
  layered: {
    summary: 'a file of images that share layers in the store',
    appliedTo: 'images',
    lacks: ['foreignLayer'],
    target: 'docker-archive',
  },
  nix2container: {
    summary: 'a call of nix2container.pullImage, with the tag in a comment',
    appliedTo: 'pin',
    target: 'nar',
    function: 'nix2container.pullImage',
    hashAttributes: ['sha256'],
  },
  'nix2container-manifest': {
    summary: 'the manifest for nix2container.pullImageFromManifest',
    appliedTo: 'pin',
    target: 'none',
  },
  json: {
    summary: 'the arguments of dockerTools.pullImage, for importJSON',
    appliedTo: 'pin',
    target: 'docker-archive',
  },
  npins: {
    summary: 'a sources.json of npins',
    appliedTo: 'pins',
    isOnePlatform: true,
    lacks: ['os', 'finalName', 'finalTag', 'tlsVerify', 'noTag'],
    target: 'docker-archive',
  },
  compose: { summary: 'services of a compose file', appliedTo: 'pins', isOnePlatform: true, target: 'none' },
  kubernetes: { summary: 'containers of a Kubernetes pod', appliedTo: 'pins', isOnePlatform: true, target: 'none' },
  'oci-string': {
    summary: 'name:tag@digest, with --quote as a Nix string',
    appliedTo: 'pin',
    isLine: true,
    takesQuote: true,
    target: 'none',
  },
} as const satisfies Readonly<Record<string, TemplateInfo>>;

export type TemplateName = keyof typeof TEMPLATES;

export const TEMPLATE_NAMES: readonly TemplateName[] = Object.keys(TEMPLATES).filter(isTemplateName);

/** What is known of a built-in template; undefined for a file of the user's own. */
export function templateInfo(template: string): TemplateInfo | undefined {
  return isTemplateName(template) ? TEMPLATES[template] : undefined;
}

/** Whether a word is the name of a built-in template. */
export function isTemplateName(text: string): text is TemplateName {
  return Object.hasOwn(TEMPLATES, text);
}

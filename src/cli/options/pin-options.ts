import type { InferredOptionTypes, Options } from 'yargs';
import { UsageError } from '../../errors.js';
import type { Renderer, RenderOptions } from '../../nix/render/render.js';
import type { Needs } from '../../nix/render/templates.js';
import { JSON_OPTION, text, wholeNumber } from './options.js';

/** How pins are written. */
export const RENDER_OPTIONS = {
  template: {
    ...text,
    alias: 't',
    group: 'Output:',
    describe: 'pull-image, attrs, nix2container, oci-string, or a file of your own (pull-image)',
  },
  ...JSON_OPTION,
  output: { ...text, alias: 'o', group: 'Output:', describe: 'Write into FILE instead of onto stdout' },
  'hash-attr': {
    ...text,
    choices: ['sha256', 'hash', 'outputHash'],
    group: 'Output:',
    describe: 'The attribute of the hash (sha256)',
  },
  'hash-format': {
    ...text,
    choices: ['sri', 'nix32', 'hex'],
    group: 'Output:',
    describe: 'How the hash is written (sri)',
  },
  indent: { ...text, group: 'Output:', describe: 'Spaces in front of each line (0)' },
  function: { ...text, group: 'Output:', describe: 'The function to call, such as pkgs.dockerTools.pullImage' },
  quote: { type: 'boolean', group: 'Output:', describe: 'With oci-string: write a Nix string' },
} as const satisfies Record<string, Options>;

/** What is pinned. */
export const PIN_OPTIONS = {
  digest: {
    ...text,
    choices: ['index', 'platform'],
    group: 'Pin:',
    describe: 'Pin what the tag resolves to, or the manifest of one platform (index)',
  },
  'final-name': { ...text, group: 'Pin:', describe: 'The name inside the archive (as given)' },
  'final-tag': { ...text, group: 'Pin:', describe: 'The tag inside the archive (as given)' },
  target: {
    ...text,
    choices: ['docker-archive', 'nar'],
    group: 'Pin:',
    describe: 'What Nix will fetch, for a template of your own (docker-archive)',
  },
  from: {
    ...text,
    group: 'Pin:',
    describe: 'Read the image from oci:FOLDER[:TAG]; the argument is the name it will have',
  },
} as const satisfies Record<string, Options>;

type RenderArguments = InferredOptionTypes<typeof RENDER_OPTIONS>;
export type PinOptions = RenderArguments & InferredOptionTypes<typeof PIN_OPTIONS>;

/** The options of the renderer. Throws a UsageError. */
export function renderOptions(argv: RenderArguments): RenderOptions {
  const indent = wholeNumber('indent', argv.indent, 0, 40);
  return {
    ...(argv.template !== undefined && { template: argv.template }),
    ...(argv['hash-attr'] !== undefined && { hashAttribute: argv['hash-attr'] }),
    ...(argv['hash-format'] !== undefined && { hashFormat: argv['hash-format'] }),
    ...(argv.function !== undefined && { function: argv.function }),
    ...(indent !== undefined && { indent }),
    ...(argv.quote && { quote: true }),
  };
}

/** JSON always carries a hash; as text, what needs none costs no download. */
export function targetOf(argv: PinOptions, { target }: Renderer): Needs {
  if (argv.target !== undefined) return argv.target;
  return target === 'none' && argv.json ? 'docker-archive' : target;
}

/** How much is to be pinned. */
export interface PinCount {
  readonly images: number;
  /** An image is pinned once for each platform. */
  readonly pins: number;
}

/** What only makes sense for one image, or not together. Throws a UsageError. */
export function checkTogether(argv: PinOptions, { images, pins }: PinCount, renderer: Renderer): void {
  const isNamed = argv['final-name'] !== undefined || argv['final-tag'] !== undefined;
  const refusals: readonly (readonly [boolean, string])[] = [
    [isNamed && images > 1, '--final-name and --final-tag go with one image'],
    [
      isNamed && targetOf(argv, renderer) === 'nar',
      '--final-name and --final-tag do not go with nix2container.pullImage, which has no place for them',
    ],
    [argv.quote === true && argv.template !== 'oci-string', '--quote goes with --template oci-string'],
    [
      argv.output !== undefined && pins > 1 && !argv.json && !renderer.gathers,
      '--output with several pins needs --json, or a template that writes all pins',
    ],
  ];
  const [found] = refusals.filter(([isRefused]) => isRefused);
  if (found) throw new UsageError(found[1]);
}

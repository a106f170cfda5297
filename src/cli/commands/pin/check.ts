import { UsageError } from '../../../errors.js';
import type { Renderer } from '../../../nix/render/render.js';
import type { Needs } from '../../../nix/render/values/template-values.js';
import type { NamedImage } from '../../options/operands.js';
import { needsSignature } from '../../resources/signatures.js';
import type { PinCommandSettings } from './options.js';

type Asked = Pick<
  PinCommandSettings,
  'rendering' | 'pinning' | 'platforms' | 'store' | 'archive' | 'backend' | 'signatures'
>;

/** What to hash. JSON always has a hash; a text without a hash needs no download. */
export function neededHash({ rendering, pinning }: Asked, { target }: Renderer): Needs {
  if (pinning.target !== undefined) return pinning.target;
  return target === 'none' && rendering.json ? 'docker-archive' : target;
}

/** Whether options are refused, and why. */
type Refusal = readonly [isRefused: boolean, reason: string];

/** Refuses options that are only for one image, and options that exclude each other. Throws a UsageError. */
export function checkTogether(settings: Asked, images: readonly NamedImage[], renderer: Renderer): void {
  const { rendering, pinning, platforms, store, archive, backend } = settings;
  const hasPlatforms = platforms === 'all' || platforms.length > 1;
  const isNamed = pinning.finalName !== undefined || pinning.finalTag !== undefined;
  const isKept = store.isWanted || archive.file !== undefined;
  const refusals: readonly Refusal[] = [
    [isNamed && images.length > 1, '--final-name and --final-tag go with one image'],
    [
      isNamed && neededHash(settings, renderer) === 'nar',
      '--final-name and --final-tag do not go with nix2container.pullImage, which has no place for them',
    ],
    [
      archive.file !== undefined && (images.length > 1 || hasPlatforms),
      '--archive writes one file, so it goes with one image and one platform',
    ],
    [
      isKept && neededHash(settings, renderer) !== 'docker-archive',
      '--store and --archive keep what dockerTools.pullImage fetches, and this template is for something else',
    ],
    ...ofLayouts(settings, images),
    [
      backend === 'skopeo' && isKept,
      '--store and --archive keep what pullpin writes, and do not go together with --backend skopeo',
    ],
    [rendering.render.quote === true && !renderer.takesQuote, '--quote goes with --template oci-string'],
    [
      renderer.isOnePlatform && hasPlatforms && !rendering.json,
      `the template ${rendering.render.template} has room for one platform of each image: name one`,
    ],
  ];
  const [found] = refusals.filter(([isRefused]) => isRefused);
  if (found) throw new UsageError(found[1]);
}

/** What a layout on disk cannot give. */
function ofLayouts({ pinning, backend, signatures }: Asked, images: readonly NamedImage[]): readonly Refusal[] {
  if (pinning.from === undefined) return [];
  const isToBeSigned = images.some((each) => 'reference' in each && needsSignature(signatures, each.reference));
  return [
    [backend !== 'pullpin', '--backend skopeo and --verify look at registries, and do not go together with --from'],
    [isToBeSigned, '--verify-signature looks for signatures in a registry, and --from reads a layout, which has none'],
  ];
}

/** Whether a file that is named as a Nix file gets several texts, each of which is one. */
export function isListOfCalls({ rendering: { json, output } }: Asked, pins: number, renderer: Renderer): boolean {
  return output?.endsWith('.nix') === true && pins > 1 && !json && !renderer.gathers && !renderer.isPerSystem;
}

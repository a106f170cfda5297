import { PullpinError } from '../errors.js';
import { rewrite } from '../nix/edit/edit.js';
import type { ContainerImage } from '../nix/find/pin-site.js';
import { formatRepository, parseReference } from '../oci/reference.js';
import { type Finding, findingIn } from './findings/finding.js';

/**
 * Whether the `image` of a container is what its `imageFile` has inside. Otherwise the module runs what `image` names, which is pulled from the
 * registry without a pin.
 */
export function checkContainer(container: ContainerImage): Finding[] {
  const { image, archive } = container;
  const inside = `${archive.name}:${archive.tag}`;
  if (fullName(image.text) === fullName(inside)) return [];
  const message = `image is ${image.text}, and its imageFile has ${inside} inside`;
  const edits = safely(() => rewrite(image, inside)) ?? [];
  const fix = `write image = "${inside}";`;
  return [findingIn(container, 'other-image', message, { fix, edits })];
}

/** The image with its registry, its repository and its tag, as programs that run it fill them in. */
function fullName(text: string): string {
  const reference = safely(() => parseReference(text));
  if (!reference) return text;
  const { tag = 'latest', digest } = reference;
  return `${formatRepository(reference)}:${tag}${digest === undefined ? '' : `@${digest}`}`;
}

function safely<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}

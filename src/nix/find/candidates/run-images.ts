import type * as Syntax from '../../language/syntax.js';
import { isSet, rangeIn, type Scope, type SetValue, type TextValue, type Value } from '../../values/value.js';
import type { RunImage, Walk } from './candidate.js';
import { staticName } from './sets.js';

/** How deep an `imageFile` may be computed from other values before a pin is found in it. */
const DEEPEST = 3;
const MOST_INPUTS = 20;

/** Notes the containers that a set has: `{ image = …; imageFile = …; }`, also written as `NAME.imageFile = …;`. */
export function addRunImages(set: Syntax.AttributeSet, scope: Scope, walk: Walk): void {
  for (const { path, start, end } of imageFiles(set, scope)) {
    let value: Value | undefined = walk.evaluation.evaluate(set, scope);
    for (const step of path) value = value && isSet(value) ? value.attributes.get(step)?.force() : undefined;
    const found = value && isSet(value) ? runImage(value) : undefined;
    if (found) walk.noteRunImage({ ...found, written: rangeIn(scope, { start, end }) });
  }
}

interface WrittenImageFile {
  /** The names that lead from the set to the container. */
  readonly path: readonly string[];
  readonly start: number;
  readonly end: number;
}

function imageFiles({ bindings }: Syntax.AttributeSet, scope: Scope): WrittenImageFile[] {
  return bindings.flatMap((binding): WrittenImageFile[] => {
    const { start, end } = binding;
    if (binding.kind === 'inherit') return binding.names.some(isImageFile(scope)) ? [{ path: [], start, end }] : [];
    const last = binding.path.at(-1);
    if (!last || !isImageFile(scope)(last)) return [];
    const path = binding.path.slice(0, -1).map((name) => staticName(name, scope));
    return path.every((name) => name !== undefined) ? [{ path, start, end }] : [];
  });
}

function isImageFile(scope: Scope): (name: Syntax.AttributeName) => boolean {
  return (name) => staticName(name, scope) === 'imageFile';
}

function runImage(container: SetValue): Omit<RunImage, 'written'> | undefined {
  const image = container.attributes.get('image')?.force();
  const imageFile = container.attributes.get('imageFile')?.force();
  const pin = imageFile && pinIn(imageFile, DEEPEST);
  const archive = pin && archiveOf(pin);
  return image?.kind === 'text' && archive ? { image, archive } : undefined;
}

/** The arguments of the pin that a value is computed from: what `pullImage { … }` gives is unknown, and its arguments are not. */
function pinIn(value: Value, depth: number): SetValue | undefined {
  if (isSet(value)) return ['imageName', 'imageDigest'].every((name) => value.attributes.has(name)) ? value : undefined;
  if (value.kind !== 'unknown' || depth === 0) return undefined;
  const pins = value.inputs.slice(0, MOST_INPUTS).flatMap((input) => pinIn(input.force(), depth - 1) ?? []);
  return pins.length === 1 ? pins[0] : undefined;
}

/** The name and the tag inside the archive, and its digest, with the defaults of pullImage; undefined when one of them is not known. */
function archiveOf({ attributes, rest }: SetValue): RunImage['archive'] | undefined {
  const value = (name: string): TextValue | undefined => {
    const found = attributes.get(name)?.force();
    return found?.kind === 'text' ? found : undefined;
  };
  const text = (name: string): string | undefined => value(name)?.text;
  const isOpen = (name: string): boolean => !attributes.has(name) && rest !== undefined;
  if (isOpen('finalImageName') || isOpen('finalImageTag')) return undefined;
  const name = text(attributes.has('finalImageName') ? 'finalImageName' : 'imageName');
  const tag = attributes.has('finalImageTag') ? text('finalImageTag') : 'latest';
  return name !== undefined && tag !== undefined ? { name, tag, digest: value('imageDigest') } : undefined;
}

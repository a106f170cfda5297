import type { Platform } from '../../oci/platform.js';
import { findPins } from '../find/find-pins.js';
import { followedText, type PinSite } from '../find/pin-site.js';
import { parseNix } from '../language/parser.js';
import type { Range } from '../language/position.js';
import type { Assignment } from '../language/syntax.js';
import { descendants } from '../language/traverse.js';
import { nixString } from '../literals/text.js';
import { applyEdits, type FileEdit } from './edit.js';
import { insertAfter } from './insert-after.js';

type Read = (path: string) => string | undefined;

/**
 * The edit that adds `arch` to a pin, and `os` when it has none: on separate lines when its digest has a line of its own. Undefined when its
 * arguments are not a set literal in a Nix file, because then there is no place for new attributes.
 */
export function platformAttributes(site: PinSite, platform: Platform, read: Read): FileEdit | undefined {
  const arch = { arch: platform.architecture };
  const attributes = site.os ? arch : { os: platform.os, ...arch };
  for (const { file, place } of valueOrigins(site)) {
    const source = file.endsWith('.nix') || file === site.file ? read(file) : undefined;
    const neighbour =
      source === undefined || file.endsWith('.json') ? undefined : assignmentAround(source, file, place);
    if (source === undefined || !neighbour) continue;
    const edit = { file, ...insertion(source, neighbour, attributes) };
    if (givesArch(site, platform, edit, read)) return edit;
  }
  return undefined;
}

function valueOrigins({ imageDigest, imageName, hashes }: PinSite): { file: string; place: Range }[] {
  const values = [imageDigest, imageName, ...hashes.map(({ value }) => value)];
  return values.flatMap((value) =>
    value.kind === 'text'
      ? value.segments.flatMap(({ origin }) => (origin ? [{ file: origin.file, place: origin }] : []))
      : [],
  );
}

/** The innermost `name = …;` of a set that contains the place. */
function assignmentAround(source: string, file: string, place: Range): Assignment | undefined {
  let found: Assignment | undefined;
  for (const expression of descendants(parseNix(source, file).root)) {
    if (expression.kind !== 'set' && expression.kind !== 'let') continue;
    const around = expression.bindings.find(
      (binding): binding is Assignment =>
        binding.kind === 'assignment' && binding.value.start <= place.start && place.end <= binding.value.end,
    );
    // A name alone in a `let` is a variable, not an attribute of the pin.
    if (around) found = expression.kind === 'let' && around.path.length === 1 ? undefined : around;
  }
  return found;
}

function insertion(source: string, neighbour: Assignment, attributes: Readonly<Record<string, string>>) {
  const { start, end, path, value } = neighbour;
  const lastName = path.at(-1);
  const prefix = source.slice(start, lastName?.start ?? start);
  const equals = /\s/.test(source.slice(lastName?.end ?? value.start, value.start)) ? ' = ' : '=';
  const texts = Object.entries(attributes).map(([name, text]) => `${prefix}${name}${equals}${nixString(text)};`);
  return insertAfter(source, { start, end }, texts);
}

/** Checks the edit: reads the edited text and compares the architecture of the pin. */
function givesArch(site: PinSite, { architecture }: Platform, edit: FileEdit, read: Read): boolean {
  const before = read(edit.file);
  if (before === undefined) return false;
  const after = applyEdits(before, [edit]);
  const readAfter: Read = (path) => (path === edit.file ? after : read(path));
  const source = readAfter(site.file);
  const found = source === undefined ? [] : findPins(source, { path: site.file, read: readAfter }).sites;
  return found.some(
    ({ form, imageDigest, imageName, arch, finalImageTag }) =>
      form === site.form &&
      imageDigest.text === site.imageDigest.text &&
      imageName.text === site.imageName.text &&
      JSON.stringify(followedText(finalImageTag)) === JSON.stringify(followedText(site.finalImageTag)) &&
      followedText(arch) === architecture,
  );
}

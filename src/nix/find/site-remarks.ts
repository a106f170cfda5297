import type { Evaluation } from '../values/evaluation.js';
import type { NixFiles } from '../values/files.js';
import { parseJsonTree } from '../values/json.js';
import { literalsOf } from '../values/text.js';
import type { SetValue, SourceRange, TextValue } from '../values/value.js';
import { rangeKey } from '../values/value.js';
import type { Candidate } from './candidates/candidate.js';
import { type CommentedFile, tableHeader, tomlFile } from './notes/commented-file.js';
import { byStrength, NO_REMARKS, type Remarks, readRemarks, repositoryOf } from './notes/remarks.js';
import type { Followed, PinSite } from './pin-site.js';

type Values = Pick<PinSite, 'imageName' | 'imageDigest' | 'hashes' | 'finalImageTag' | 'tag'>;

/**
 * What comments say about a pin: those around it, and those around the places that its values came through, in any file. The comments around
 * the pin itself come first; a `freeze` counts at any of these places.
 */
export function remarksOn(candidate: Candidate, values: Values, evaluation: Evaluation): Remarks {
  const { files } = evaluation;
  // Most files have no comment: then the places that they could stand at need not be collected.
  if (files.isMainAlone && files.main.comments.length === 0 && files.main.path.endsWith('.nix')) return NO_REMARKS;
  const repository = repositoryOf(values.imageName.text);
  const { whole, places, literals, groups } = surroundingsOf(candidate, values);
  const paths = new Set([files.main.path, ...[...whole, ...places, ...literals, ...groups].map(({ file }) => file)]);
  const found = [...paths].flatMap((path) => {
    const file = commentedFile(path, files);
    if (!file || file.comments.length === 0) return [];
    const here = (ranges: readonly SourceRange[]) => ranges.filter((range) => range.file === path);
    const headers = path.endsWith('.toml')
      ? here([...places, ...literals]).flatMap((range) => tableHeader(file, range))
      : [];
    const own = { whole: here(whole), places: [...here(places), ...headers], literals: here(literals) };
    // A comment above the first expression of a file is above all of its pins.
    const around = { whole: [], places: [...here(groups), file.root], literals: [] };
    return [
      {
        own: readRemarks({ file, ...own, repository }, evaluation),
        around: readRemarks({ file, ...around, repository: undefined }, evaluation),
      },
    ];
  });
  // Of what stands above a group of pins, only `freeze` is meant for each of them.
  const freezes = found.flatMap(({ own, around }) => [...own.freezes, ...around.freezes]);
  const isFrozenInJson = places.some((place) => isFrozenObject(place, files));
  return {
    notes: found.flatMap(({ own }) => own.notes).toSorted(byStrength),
    rules: found.flatMap(({ own }) => own.rules),
    isFrozen: isFrozenInJson || freezes.length > 0,
    directives: [...found.flatMap(({ own }) => own.directives), ...freezes],
    freezes,
    malformed: found.flatMap(({ own }) => own.malformed),
  };
}

const TOML_FILES = new WeakMap<NixFiles, Map<string, CommentedFile>>();

/** A file that may have comments on a pin; JSON has none. */
function commentedFile(path: string, files: NixFiles): CommentedFile | undefined {
  if (path.endsWith('.json')) return undefined;
  if (!path.endsWith('.toml')) return files.nix(path);
  const known = TOML_FILES.get(files) ?? new Map<string, CommentedFile>();
  TOML_FILES.set(files, known);
  const file = known.get(path) ?? tomlFile(path, files.text(path) ?? '');
  known.set(path, file);
  return file;
}

interface Ranges {
  readonly whole: readonly SourceRange[];
  readonly places: readonly SourceRange[];
  readonly literals: readonly SourceRange[];
  /** The code around the pin that may contain other pins as well. */
  readonly groups: readonly SourceRange[];
}

function surroundingsOf(candidate: Candidate, values: Values): Ranges {
  const { node, written, state } = candidate;
  // What is written for another item of the same list is not meant for this one.
  const { item } = state;
  const own = item && rangeKey(node) === rangeKey(written) ? [] : [written];
  const set = candidate.kind === 'string' ? undefined : setOf(candidate.value);
  const naming = [values.imageName, values.imageDigest];
  const others = [...values.hashes.map(({ value }) => value), values.finalImageTag, values.tag].filter(isText);
  const through = [...(set?.through ?? []), ...[...naming, ...others].flatMap((text) => text.through ?? [])];
  const ownSets = new Set(set?.literals.map(({ start, end }) => `${start} ${end}`));
  const isOwnSet = ({ start, end }: SourceRange) => ownSets.has(`${start} ${end}`);
  return {
    whole: distinct([...(item ? item.slice(0, 1) : [node]), ...own, ...through.filter(isOwnSet)]),
    places: distinct([node, ...(state.statement ? [state.statement] : []), ...through, ...others.flatMap(literalsOf)]),
    literals: distinct(naming.flatMap(literalsOf)),
    groups: distinct([
      ...state.groups,
      ...(set?.within ?? []),
      ...[...naming, ...others].flatMap((text) => text.within ?? []),
    ]),
  };
}

function setOf(value: (Candidate & { kind: 'call' | 'arguments' })['value']): SetValue | undefined {
  return value.kind === 'set' ? value : undefined;
}

function isText(value: Followed<TextValue> | undefined): value is TextValue {
  return value?.kind === 'text';
}

function distinct(ranges: readonly SourceRange[]): SourceRange[] {
  return [...new Map(ranges.map((range) => [rangeKey(range), range])).values()];
}

const FROZEN_OBJECTS = new WeakMap<NixFiles, Map<string, boolean>>();

/** npins marks a pin that the user has frozen with `"frozen": true` (its src/pin.rs). */
function isFrozenObject(place: SourceRange, files: NixFiles): boolean {
  const text = place.file.endsWith('.json') ? files.text(place.file) : undefined;
  if (text?.[place.start] !== '{') return false;
  // An object may contain many pins, so each is read once.
  const known = FROZEN_OBJECTS.get(files) ?? new Map<string, boolean>();
  FROZEN_OBJECTS.set(files, known);
  const isFrozen = known.get(rangeKey(place)) ?? saysFrozen(text.slice(place.start, place.end), place.file);
  known.set(rangeKey(place), isFrozen);
  return isFrozen;
}

function saysFrozen(object: string, file: string): boolean {
  const { children = [] } = parseJsonTree(object, file);
  return children.some(({ children: [key, value] = [] }) => key?.value === 'frozen' && value?.value === true);
}

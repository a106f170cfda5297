import type { NixFile } from '../language/syntax.js';
import type { Evaluation } from '../values/evaluation.js';
import { parseJsonTree } from '../values/json.js';
import type { SetValue, SourceRange, TextValue } from '../values/value.js';
import { rangeKey } from '../values/value.js';
import type { Candidate } from './candidates/candidate.js';
import { byStrength, type Remarks, readRemarks, repositoryOf } from './notes/remarks.js';
import type { Followed, PinSite } from './pin-site.js';

type Values = Pick<PinSite, 'imageName' | 'imageDigest' | 'hashes' | 'finalImageTag' | 'tag'>;

/**
 * What comments say of a pin: those around it, and those around everything that its values came through, in any file. What stands around
 * the pin itself comes first; a `freeze` counts wherever it stands.
 */
export function remarksOn(candidate: Candidate, values: Values, { files }: Evaluation): Remarks {
  const repository = repositoryOf(values.imageName.text);
  const { whole, places, literals, groups } = surroundingsOf(candidate, values);
  const paths = new Set([files.main.path, ...[...whole, ...places, ...literals, ...groups].map(({ file }) => file)]);
  const found = [...paths].flatMap((path) => {
    const file: NixFile | undefined = path.endsWith('.json') ? undefined : files.nix(path);
    if (!file) return [];
    const here = (ranges: readonly SourceRange[]) => ranges.filter((range) => range.file === path);
    const own = { whole: here(whole), places: here(places), literals: here(literals) };
    const around = { whole: [], places: here(groups), literals: [] };
    return [
      {
        own: readRemarks({ file, ...own, repository }),
        around: readRemarks({ file, ...around, repository: undefined }),
      },
    ];
  });
  // Of what stands above a group of pins, only \`freeze\` is meant for each of them.
  const freezes = found.flatMap(({ own, around }) => [...own.freezes, ...around.freezes]);
  const isFrozenInJson = places.some((place) => isFrozenObject(place, files.text(place.file)));
  return {
    notes: found.flatMap(({ own }) => own.notes).toSorted(byStrength),
    isFrozen: isFrozenInJson || freezes.length > 0,
    directives: [...found.flatMap(({ own }) => own.directives), ...freezes],
    freezes,
    malformed: found.flatMap(({ own }) => own.malformed),
  };
}

interface Ranges {
  readonly whole: readonly SourceRange[];
  readonly places: readonly SourceRange[];
  readonly literals: readonly SourceRange[];
  /** What holds the pin beside other ones. */
  readonly groups: readonly SourceRange[];
}

function surroundingsOf(candidate: Candidate, values: Values): Ranges {
  const { node, written, state } = candidate;
  const set = candidate.kind === 'string' ? undefined : setOf(candidate.value);
  const naming = [values.imageName, values.imageDigest];
  const others = [...values.hashes.map(({ value }) => value), values.finalImageTag, values.tag].filter(isText);
  const through = [...(set?.through ?? []), ...[...naming, ...others].flatMap((text) => text.through ?? [])];
  const isOwnSet = ({ start, end }: SourceRange) =>
    set?.literals.some((literal) => literal.start === start && literal.end === end) ?? false;
  return {
    whole: distinct([node, written, ...through.filter(isOwnSet)]),
    places: distinct([...(state.statement ? [state.statement] : []), ...through, ...others.flatMap(originsOf)]),
    literals: distinct(naming.flatMap(originsOf)),
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

function originsOf({ segments }: TextValue): SourceRange[] {
  return segments.flatMap(({ origin }) => origin ?? []);
}

function distinct(ranges: readonly SourceRange[]): SourceRange[] {
  return [...new Map(ranges.map((range) => [rangeKey(range), range])).values()];
}

/** npins marks the pins that its user has frozen by `"frozen": true` (its src/pin.rs). */
function isFrozenObject({ file, start, end }: SourceRange, text: string | undefined): boolean {
  if (text?.[start] !== '{' || !file.endsWith('.json')) return false;
  const { children = [] } = parseJsonTree(text.slice(start, end), file);
  return children.some(({ children: [key, value] = [] }) => key?.value === 'frozen' && value?.value === true);
}

import { taggedReference } from '../../nix/find/images/tagged-reference.js';
import { type Remarks, readRemarks } from '../../nix/find/notes/remarks.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { parseNix } from '../../nix/language/parser.js';
import { Lines } from '../../nix/language/position.js';
import type * as Syntax from '../../nix/language/syntax.js';
import { type Origin, rangeKey, type TextValue } from '../../nix/values/value.js';
import type { Reference } from '../../oci/reference.js';
import { unpinnedSite } from '../../text/unpinned-site.js';
import { useInText, type WholeString, wholeStrings } from './whole-strings.js';

/** The image strings of a file that have no digest, as pins whose digest is to be written, and the directives that belong to them. */
export interface UnpinnedImages {
  readonly sites: readonly PinSite[];
  readonly usedDirectives: ReadonlySet<string>;
}

/** A file without any of these has no such string. */
const MAY_MATTER = /\bimage\b|[Pp]ull[Pp]in:/;
/**
 * Finds the strings of a Nix file that name an image and its tag and have no digest: those that stand alone as the attribute `image` of a set,
 * and those under a directive of their own. `known` is what the pins of the file have already.
 */
export function findUnpinned(
  path: string,
  source: string,
  known: { readonly sites: readonly PinSite[]; readonly usedDirectives: ReadonlySet<string> },
): UnpinnedImages {
  const usedDirectives = new Set<string>();
  if (!MAY_MATTER.test(source)) return { sites: [], usedDirectives };
  const file = parseNix(source, path);
  const lines = new Lines(source);
  const parts = new Set(
    known.sites.flatMap(({ imageName, tag }) => [imageName, ...(tag ? [tag] : [])].flatMap(startsOf)),
  );
  const use = useInText(file, lines);
  const sites = wholeStrings(file).flatMap((whole): PinSite[] => {
    const { literal, isImage } = whole;
    const text = source.slice(literal.parts[0]?.start, literal.parts[0]?.end);
    const reference = taggedReference(text);
    if (!reference || parts.has(`${literal.parts[0]?.start} ${path}`)) return [];
    const remarks = remarksOn(whole, file);
    const own = remarks.directives.filter((directive) => !known.usedDirectives.has(rangeKey(directive)));
    const isDirected =
      own.length > 0 && (remarks.rules.length > 0 || remarks.notes.some(({ kind }) => kind === 'directive'));
    if (!isDirected && !(isImage && reference.tag !== undefined)) return [];
    for (const directive of remarks.directives) usedDirectives.add(rangeKey(directive));
    const hold = isImage && (use.inText ?? (whole.isRecursive ? use.byName : undefined));
    return [siteOf({ literal, text, reference, remarks }, file, lines, hold || undefined)];
  });
  return { sites, usedDirectives };
}

function startsOf({ segments }: TextValue): string[] {
  return segments.flatMap(({ origin }) => (origin ? [`${origin.start} ${origin.file}`] : []));
}

function remarksOn({ place, groups }: WholeString, file: Syntax.NixFile): Remarks {
  const evaluation = { spend: () => true };
  const own = readRemarks({ file, whole: [], places: [place], literals: [], repository: undefined }, evaluation);
  const around = readRemarks({ file, whole: [], places: [...groups], literals: [], repository: undefined }, evaluation);
  return {
    ...own,
    notes: own.notes.filter(({ kind }) => kind === 'directive'),
    isFrozen: own.isFrozen || around.isFrozen,
    directives: [...own.directives, ...around.freezes],
  };
}

interface FoundString {
  readonly literal: Syntax.StringLiteral;
  readonly text: string;
  readonly reference: Reference;
  readonly remarks: Remarks;
}

function siteOf(
  { literal, text, reference, remarks }: FoundString,
  { path }: Syntax.NixFile,
  lines: Lines,
  hold: string | undefined,
): PinSite {
  const { start, end } = literal;
  const [part] = literal.parts;
  const origin: Origin = {
    file: path,
    start: part?.start ?? start,
    end: part?.end ?? end,
    quote: literal.quote,
    verbatim: true,
  };
  const location = { file: path, start, end, ...lines.at(start) };
  const { notes, rules, isFrozen } = remarks;
  const held = hold === undefined ? undefined : ({ ...location, part: 'pin', message: hold } as const);
  return unpinnedSite({ text, reference, origin, location, notes, rules, isFrozen, hold: held });
}

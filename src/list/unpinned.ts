import { type Remarks, readRemarks } from '../nix/find/notes/remarks.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { parseNix } from '../nix/language/parser.js';
import { Lines } from '../nix/language/position.js';
import type * as Syntax from '../nix/language/syntax.js';
import { type Origin, rangeKey, type TextValue } from '../nix/values/value.js';
import { SYSTEMS } from '../oci/platform.js';
import { InvalidReferenceError, parseReference, type Reference } from '../oci/reference.js';
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
  if (path.endsWith('.json') || !MAY_MATTER.test(source)) return { sites: [], usedDirectives };
  const file = parseNix(source, path);
  const lines = new Lines(source);
  const parts = new Set(
    known.sites.flatMap(({ imageName, tag }) => [imageName, ...(tag ? [tag] : [])].flatMap(startsOf)),
  );
  const use = useInText(file, lines);
  const sites = wholeStrings(file).flatMap((whole): PinSite[] => {
    const { literal, isImage } = whole;
    const text = source.slice(literal.parts[0]?.start, literal.parts[0]?.end);
    const reference = referenceIn(text);
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

/** The image that a text names without a digest; undefined for other texts. */
function referenceIn(text: string): Reference | undefined {
  if (!/^[a-z0-9][\w.:/-]*$/.test(text)) return undefined;
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReferenceError) return undefined;
    throw error;
  }
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
  const { name, tag } = reference;
  const location = { file: path, start, end, ...lines.at(start) };
  return {
    ...location,
    form: 'oci-string',
    target: 'docker-archive',
    imageName: pieceOf(text, origin, 0, name.length),
    tag: tag === undefined ? undefined : pieceOf(text, origin, name.length + 1, tag.length),
    // The whole string is written anew, because nothing stands where its digest will be.
    imageDigest: { kind: 'text', text: '', segments: [{ text: '', origin }] },
    withoutDigest: text,
    hashes: [],
    systems: Object.keys(SYSTEMS),
    isPlatformDependent: false,
    notes: remarks.notes,
    rules: remarks.rules,
    isFrozen: remarks.isFrozen,
    assumed: [],
    finalTagGuesses: [],
    hold: hold === undefined ? undefined : { ...location, part: 'pin', message: hold },
  };
}

/** A part of the string, with its own place. */
function pieceOf(text: string, origin: Origin, from: number, length: number): TextValue {
  const part = text.slice(from, from + length);
  const start = origin.start + from;
  return { kind: 'text', text: part, segments: [{ text: part, origin: { ...origin, start, end: start + length } }] };
}

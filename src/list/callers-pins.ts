import { relative, resolve } from 'node:path';
import { isBelow } from '../files/roots.js';
import { originKey } from '../nix/find/distinct-sites.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Naming } from '../nix/values/files.js';
import { literalsOf } from '../nix/values/text.js';
import { rangeKey, type SourceRange } from '../nix/values/value.js';
import { type FoundInFiles, findInFile } from './find-in-file.js';
import type { PinFiles, Read, SourceFile } from './pin-files.js';

/** The pins of some files as the callers of these files show them, to add to the results of the files themselves. */
export function findInCallers(pinFiles: PinFiles, found: readonly FoundInFiles[]): FoundInFiles[] {
  return new CallersPins(
    pinFiles,
    found.flatMap(({ sites }) => sites),
  ).find();
}

/** How a run names its own files and their callers. */
export interface RunNaming extends Naming {
  /** Whether this is the name of one of the run's own files. */
  readonly isOwn: (name: string) => boolean;
}

/** A file of the run keeps its name, and so does another one that `held` names; a caller is named by its path from the run's folder. */
export function namingOf({ files, folder = '/', standsFor }: PinFiles, held: Iterable<string> = []): RunNaming {
  const own = new Set(files.map(({ path }) => path));
  const places = [...own, ...held].map((name) => [standsFor?.get(name) ?? resolve(folder, name), name] as const);
  const names = new Map(places);
  const paths = new Map(places.map(([path, name]) => [name, path]));
  return {
    nameOf: (path) => names.get(path) ?? (isBelow(folder, path) ? relative(folder, path) || '.' : path),
    pathOf: (name) => paths.get(name) ?? resolve(folder, name),
    isOwn: (name) => own.has(name),
  };
}

/** The callers of a run's files, by their names in the run. */
export function namedCallers({ callers, files }: PinFiles, { nameOf, pathOf }: RunNaming): NamedCallers | undefined {
  if (!callers || callers.files.length === 0) return undefined;
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return {
    files: callers.files.map(({ path, text }) => ({ path: nameOf(path), text })),
    read: (name) => texts.get(name) ?? callers.read(pathOf(name)),
  };
}

/** Files that a run only reads, and what reads the files that they import. */
export interface NamedCallers {
  readonly files: readonly SourceFile[];
  readonly read: Read;
}

/** Finds what the callers show about the pins of a run. */
class CallersPins {
  private readonly naming: RunNaming;
  /** The literals of the run's pins, which may be in files to which only an import leads. */
  private readonly places: ReadonlySet<string>;

  constructor(
    private readonly pinFiles: PinFiles,
    private readonly sites: readonly PinSite[],
  ) {
    const places = sites.flatMap(placesOf);
    this.naming = namingOf(pinFiles, new Set(places.map(({ file }) => file)));
    this.places = new Set(places.map(rangeKey));
  }

  /** The pins in the callers whose digest is in a file of the run, or that of one of its pins. */
  find(): FoundInFiles[] {
    const { naming } = this;
    const callers = namedCallers(this.pinFiles, naming);
    const known = new Map(this.sites.map((site) => [originKey(site.imageDigest), site]));
    return (callers?.files ?? []).map((file) => {
      const read = callers?.read ?? (() => undefined);
      const { sites, besides, usedDirectives, entered } = findInFile({ ...file, isCaller: true }, read, { naming });
      const own = sites
        .filter(({ imageDigest }) => literalsOf(imageDigest).some((place) => this.isOwn(place)))
        .map((site) => this.placed(site, known.get(originKey(site.imageDigest))));
      return {
        sites: own,
        problems: [],
        besides: besides.filter(({ digest }) => this.isOwn(digest)),
        usedDirectives,
        entered,
      };
    });
  }

  private isOwn(place: SourceRange): boolean {
    return this.naming.isOwn(place.file) || this.places.has(rangeKey(place));
  }

  /** Gives a pin its place in the files of the run. A pin of which a part is in another file must stay as it is. */
  private placed(site: PinSite, known: PinSite | undefined): PinSite {
    const { file, line, column, start, end } = known ?? site;
    const notes = site.notes.filter(
      (note) => note.kind === 'directive' || note.kind === 'command' || this.naming.isOwn(note.file),
    );
    const outside = placesOf(site).find((place) => !this.isOwn(place));
    const place = { file, line, column, start, end };
    const hold = outside ? { ...place, part: 'pin' as const, message: holdMessage(outside.file) } : site.hold;
    return { ...site, ...place, notes, hold };
  }
}

/** Where the digest and the hashes of a pin stand. */
function placesOf({ imageDigest, hashes }: PinSite): SourceRange[] {
  return [imageDigest, ...hashes.map(({ value }) => value)].flatMap(literalsOf);
}

function holdMessage(file: string): string {
  return `a part of it stands in ${file}, which is not among the files of this run: name that file as well`;
}

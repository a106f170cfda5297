import { relative, resolve } from 'node:path';
import { isBelow } from '../files/roots.js';
import { originKey } from '../nix/find/distinct-sites.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Naming } from '../nix/values/files.js';
import { type FoundInFiles, findInFile } from './find-in-file.js';
import type { PinFiles, Read } from './pin-files.js';

/** The pins of some files as the callers of these files show them, to add to the results of the files themselves. */
export function findInCallers(pinFiles: PinFiles, found: readonly FoundInFiles[]): FoundInFiles[] {
  const { callers } = pinFiles;
  return callers && callers.files.length > 0 ? new CallersPins(pinFiles, callers).find(found) : [];
}

/**
 * Finds what the callers show about the pins of a run's files. A file of the run keeps its name; a caller is named by its path from the run's
 * folder.
 */
class CallersPins {
  private readonly folder: string;
  /** The names of the run's files by their absolute paths, and the paths by the names. */
  private readonly names: ReadonlyMap<string, string>;
  private readonly paths: ReadonlyMap<string, string>;

  constructor(
    private readonly pinFiles: PinFiles,
    private readonly callers: NonNullable<PinFiles['callers']>,
  ) {
    const { files, folder = '/', standsFor } = pinFiles;
    this.folder = folder;
    const places = files.map(({ path }) => [standsFor?.get(path) ?? resolve(folder, path), path] as const);
    this.names = new Map(places);
    this.paths = new Map(places.map(([path, name]) => [name, path]));
  }

  /** The pins in the callers whose digest is in a file of the run. `found` are the results of the files themselves. */
  find(found: readonly FoundInFiles[]): FoundInFiles[] {
    const texts = new Map(this.pinFiles.files.map(({ path, text }) => [path, text]));
    const naming: Naming = { nameOf: (path) => this.nameOf(path), pathOf: (name) => this.pathOf(name) };
    const read: Read = (name) => texts.get(name) ?? this.callers.read(this.pathOf(name));
    const known = new Map(found.flatMap(({ sites }) => sites.map((site) => [originKey(site.imageDigest), site])));
    return this.callers.files.map(({ path, text }) => {
      const file = { path: this.nameOf(path), text, isCaller: true };
      const { sites, besides, usedDirectives } = findInFile(file, read, { naming });
      const own = sites
        .filter(({ imageDigest }) => imageDigest.segments.some(({ origin }) => origin && this.paths.has(origin.file)))
        .map((site) => this.placed(site, known.get(originKey(site.imageDigest))));
      return {
        sites: own,
        problems: [],
        besides: besides.filter((each) => this.paths.has(each.digest.file)),
        usedDirectives,
      };
    });
  }

  private nameOf(path: string): string {
    return this.names.get(path) ?? (isBelow(this.folder, path) ? relative(this.folder, path) || '.' : path);
  }

  private pathOf(name: string): string {
    return this.paths.get(name) ?? resolve(this.folder, name);
  }

  /** Gives a pin its place in the files of the run. A pin of which a part is in another file must stay as it is. */
  private placed(site: PinSite, known: PinSite | undefined): PinSite {
    const { file, line, column, start, end } = known ?? site;
    const notes = site.notes.filter(
      (note) => note.kind === 'directive' || note.kind === 'command' || this.paths.has(note.file),
    );
    const values = [site.imageDigest, ...site.hashes.map(({ value }) => value)];
    const places = values.flatMap((value) =>
      value.kind === 'text' ? value.segments.flatMap(({ origin }) => origin ?? []) : [],
    );
    const foreign = places.find((place) => !this.paths.has(place.file));
    const place = { file, line, column, start, end };
    const hold = foreign ? { ...place, part: 'pin' as const, message: holdMessage(foreign.file) } : site.hold;
    return { ...site, ...place, notes, hold };
  }
}

function holdMessage(file: string): string {
  return `a part of it stands in ${file}, which is not among the files of this run: name that file as well`;
}

import { relative, resolve } from 'node:path';
import { isBelow } from '../files/roots.js';
import { originKey } from '../nix/find/distinct-sites.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Naming } from '../nix/values/files.js';
import { type FoundInFiles, findInFile } from './find-in-file.js';
import type { PinFiles, Read } from './pin-files.js';

/** The pins that callers of some files show, beside what was found in each of these files by itself. */
export function findInCallers(pinFiles: PinFiles, found: readonly FoundInFiles[]): FoundInFiles[] {
  const { callers } = pinFiles;
  return callers && callers.files.length > 0 ? new CallersPins(pinFiles, callers).find(found) : [];
}

/** What files that are only read say of the pins of the others. A file of the run keeps its name; callers have that of their path from the run's folder. */
class CallersPins {
  private readonly folder: string;
  /** What a file of the run is called, by its absolute path, and the other way round. */
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

  /** The pins of these callers whose digest stands in one of the files of the run. `found` is what these have by themselves. */
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

  /** A pin is shown where it stands in the files of the run, and stays when a part of it stands in no such file. */
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

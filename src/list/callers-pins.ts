import { relative, resolve } from 'node:path';
import { isBelow } from '../files/roots.js';
import { originKey } from '../nix/find/distinct-sites.js';
import type { HashBeside, PinSite } from '../nix/find/pin-site.js';
import { type FoundInFiles, findInFile } from './find-in-file.js';
import type { PinFiles, Read } from './pin-files.js';

/** The pins that callers of some files show, beside what was found in each of these files by itself. */
export function findInCallers(pinFiles: PinFiles, found: readonly FoundInFiles[]): FoundInFiles[] {
  const { callers } = pinFiles;
  return callers && callers.files.length > 0 ? new CallersPins(pinFiles, callers).find(found) : [];
}

/** What files that are only read say of the pins of the others. They are read by absolute path. */
class CallersPins {
  /** What a file is called in this run, by its absolute path. */
  private readonly names: ReadonlyMap<string, string>;
  private readonly own: ReadonlySet<string>;

  constructor(
    private readonly pinFiles: PinFiles,
    private readonly callers: NonNullable<PinFiles['callers']>,
  ) {
    const { files, folder = '/', standsFor } = pinFiles;
    this.names = new Map(files.map(({ path }) => [standsFor?.get(path) ?? resolve(folder, path), path]));
    this.own = new Set(files.map(({ path }) => path));
  }

  /** The pins of these callers whose digest stands in one of the files of the run. `found` is what these have by themselves. */
  find(found: readonly FoundInFiles[]): FoundInFiles[] {
    const texts = new Map(this.pinFiles.files.map(({ path, text }) => [path, text]));
    const read: Read = (path) => texts.get(this.names.get(path) ?? '') ?? this.callers.read(path);
    const known = new Map(found.flatMap(({ sites }) => sites.map((site) => [originKey(site.imageDigest), site])));
    return this.callers.files.map((caller) => {
      const { sites, besides, usedDirectives } = findInFile(caller, read);
      const own = sites
        .map((site) => this.renamed(site))
        .filter(({ imageDigest }) => imageDigest.segments.some(({ origin }) => origin && this.own.has(origin.file)))
        .map((site) => this.placed(site, known.get(originKey(site.imageDigest))));
      return {
        sites: own,
        problems: [],
        besides: this.ownBesides(besides),
        usedDirectives: new Set([...usedDirectives].map((key) => this.renamedKey(key))),
      };
    });
  }

  /** What callers have beside the digests of this run's files, in words that name a caller as seen from the folder of the run. */
  private ownBesides(besides: readonly HashBeside[]): HashBeside[] {
    const { folder = '/' } = this.pinFiles;
    return besides
      .map((beside) => this.renamed(beside))
      .filter(({ digest }) => this.own.has(digest.file))
      .map((beside) => {
        const { reason } = beside;
        return { ...beside, reason: { ...reason, message: reason.message.replaceAll(`${folder}/`, '') } };
      });
  }

  /** A pin is shown where it stands in the files of the run, and stays when a part of it stands in no such file. */
  private placed(site: PinSite, known: PinSite | undefined): PinSite {
    const { file, line, column, start, end } = known ?? site;
    const notes = site.notes.filter(
      (note) => note.kind === 'directive' || note.kind === 'command' || this.own.has(note.file),
    );
    const values = [site.imageDigest, ...site.hashes.map(({ value }) => value)];
    const places = values.flatMap((value) =>
      value.kind === 'text' ? value.segments.flatMap(({ origin }) => origin ?? []) : [],
    );
    const foreign = places.find((place) => !this.own.has(place.file));
    const place = { file, line, column, start, end };
    const hold = foreign ? { ...place, part: 'pin' as const, message: this.holdMessage(foreign) } : site.hold;
    return { ...site, ...place, notes, hold };
  }

  private holdMessage({ file }: { readonly file: string }): string {
    const { folder = '/' } = this.pinFiles;
    const shown = isBelow(folder, file) ? relative(folder, file) : file;
    return `a part of it stands in ${shown}, which is not among the files of this run: name that file as well`;
  }

  /** The same with the names that files have in this run. What is one object stays one. */
  private renamed<Part>(part: Part): Part {
    const done = new Map<object, unknown>();
    const rename = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      const known = done.get(value) ?? (Array.isArray(value) ? value.map(rename) : this.renamedObject(value, rename));
      done.set(value, known);
      return known;
    };
    return rename(part) as Part;
  }

  private renamedObject(value: object, rename: (inner: unknown) => unknown): object {
    const entries = Object.entries(value).map(([name, inner]) => {
      // What stood to choose beside a text has served its purpose by now.
      if (name === 'others') return [name, undefined];
      const isName = name === 'file' && typeof inner === 'string';
      return [name, isName ? (this.names.get(inner) ?? inner) : rename(inner)];
    });
    return Object.fromEntries(entries);
  }

  private renamedKey(key: string): string {
    const at = key.indexOf(' ') + 1;
    return key.slice(0, at) + (this.names.get(key.slice(at)) ?? key.slice(at));
  }
}

import { PullpinError } from '../../errors.js';
import type { SourceFile } from '../../list/pin-files.js';
import { tagPlaces } from '../../list/shared-tags.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { Lines } from '../../nix/language/position.js';
import { type Use, usesIn } from '../../nix/uses/file-uses.js';
import { isInside, literalsOf, overlap } from '../../nix/values/text.js';
import { rangeKey, type SourceRange } from '../../nix/values/value.js';
import { imageSpellings } from '../../oci/reference.js';
import { SiteError } from '../../recipe/site-error.js';
import type { TagTexts } from './tag-texts.js';

/**
 * Where the literals of tags are used. A tag may move only when each use is understood: it is the tag of a pin that moves with it, or a text
 * that names the image by it.
 */
export class TagUses {
  private readonly ofFiles = new Map<string, readonly Use[] | undefined>();

  constructor(
    private readonly texts: TagTexts,
    private readonly sites: readonly PinSite[],
  ) {}

  /** Throws a SiteError that names the first use that is not understood. */
  check(edits: readonly FileEdit[]): void {
    if (edits.length === 0) return;
    for (const edit of edits) this.checkPlace(edit);
  }

  private checkPlace(edit: FileEdit): void {
    const { files, callers } = this.texts;
    if (!files.some(({ path }) => path === edit.file))
      throw new SiteError(
        'tag',
        `its tag stands in ${edit.file}, which is not among the files of this run: name that file as well`,
      );
    const known = new KnownPlaces(this.sites.filter((site) => tagPlaces(site).some((place) => overlap(place, edit))));
    const names = new Set([...known.names(files), ...fileNames(edit.file)]);
    const open = new Set([...files, ...(callers?.files ?? [])].filter(({ path }) => path.endsWith('.nix')));
    for (let file = next(open, names, edit); file; file = next(open, names, edit)) {
      open.delete(file);
      for (const use of this.usesOf(file.path, file.text)) {
        if (!use.literals.some((literal) => isIn(edit, literal, use.isSet))) continue;
        if (!known.has(use, edit)) throw this.strange(edit, use);
        if (use.name !== undefined) names.add(use.name);
      }
    }
  }

  private usesOf(path: string, text: string): readonly Use[] {
    if (!this.ofFiles.has(path)) this.ofFiles.set(path, this.read(path, text));
    const uses = this.ofFiles.get(path);
    if (uses) return uses;
    throw new SiteError(
      'tag',
      `${path} takes too much work to see whether it uses the tag: give the tag of the pin a place of its own`,
    );
  }

  private read(path: string, text: string): readonly Use[] | undefined {
    try {
      return usesIn({ path, text }, this.texts.read, this.texts.naming);
    } catch (error) {
      // A file that is not Nix uses nothing; the search for pins reports it.
      if (error instanceof PullpinError) return [];
      throw error;
    }
  }

  private strange(edit: FileEdit, { place }: Use): SiteError {
    const at = (range: SourceRange): string => {
      const text = this.texts.read(range.file) ?? '';
      return `${range.file}:${new Lines(text).at(range.start).line}`;
    };
    return new SiteError(
      'tag',
      `its tag at ${at(edit)} is also used at ${at(place)}, and nothing shows that this may change with it: give the pin a tag of its own`,
    );
  }
}

/** The next file to look at: that of the literal, or one that has a name by which the literal may be read. */
function next(open: ReadonlySet<SourceFile>, names: ReadonlySet<string>, edit: FileEdit): SourceFile | undefined {
  const all = [...names];
  for (const file of open) if (file.path === edit.file || all.some((name) => file.text.includes(name))) return file;
  return undefined;
}

/** What may hold or read the tag of some pins. */
class KnownPlaces {
  private readonly through: ReadonlySet<string>;
  private readonly images: ReadonlySet<string>;

  constructor(private readonly sites: readonly PinSite[]) {
    const values = sites.flatMap(({ tag, finalImageTag }) => [tag, finalImageTag]);
    this.through = new Set(
      values.flatMap((value) => (value?.kind === 'text' ? (value.through ?? []).map(rangeKey) : [])),
    );
    this.images = new Set(
      sites.flatMap(({ imageName, imageDigest, finalImageName, tag, finalImageTag }) => {
        const names = [imageName, finalImageName].flatMap((each) =>
          each?.kind === 'text' ? imageSpellings(each.text) : [],
        );
        const tags = [tag, finalImageTag].flatMap((each) => (each?.kind === 'text' ? each.text : []));
        // With the digest, it is the whole of an image string, which moves wherever it is used.
        return names.flatMap((name) =>
          tags.flatMap((each) => [`${name}:${each}`, `${name}:${each}@${imageDigest.text}`]),
        );
      }),
    );
  }

  /** The names by which code reads the literals: those of the bindings that they came through. */
  names(files: readonly { readonly path: string; readonly text: string }[]): string[] {
    const ranges = this.sites.flatMap(({ tag, finalImageTag }) =>
      [tag, finalImageTag].flatMap((value) => (value?.kind === 'text' ? (value.through ?? []) : [])),
    );
    return ranges.flatMap(({ file, start, end }) => {
      const text =
        files.find(({ path }) => path === file)?.text.slice(start, Math.min(end, start + LONGEST_NAME)) ?? '';
      const name = /^"?([\w'-]+(?:"?\."?[\w'-]+)*)"?\s*[=:]/.exec(text)?.[1]?.split('.').at(-1);
      return name === undefined ? [] : [name.replaceAll('"', '')];
    });
  }

  has(use: Use, edit: FileEdit): boolean {
    if (use.kind === 'name' || use.kind === 'seen') return true;
    // Another tag would choose another digest or hash.
    if (use.kind === 'choice') return false;
    if (use.ranges.some((range) => this.through.has(rangeKey(range)) || this.isInPin(range))) return true;
    if (use.isSet) return use.literals.every((literal) => !isIn(edit, literal, true) || this.holdsPin(literal));
    return use.text !== undefined && this.images.has(use.text);
  }

  private isInPin(range: SourceRange): boolean {
    return this.sites.some((site) => isInside(range, site));
  }

  /** Whether a set holds the digest of a pin beside its tag, so that both go wherever it goes. */
  private holdsPin(literal: SourceRange): boolean {
    const places = this.sites.flatMap(({ imageDigest }) => literalsOf(imageDigest));
    return places.some((place) => isInside(place, literal));
  }
}

/** How much of a binding is read to find its name, in UTF-16 units. */
const LONGEST_NAME = 200;

/** How other files name this one. */
function fileNames(path: string): string[] {
  const [folder, name = ''] = path.split('/').slice(-2);
  return name === 'default.nix' && folder !== undefined ? [folder] : [path.split('/').at(-1) ?? path];
}

function isIn(edit: FileEdit, literal: SourceRange, isSet: boolean): boolean {
  return isSet ? isInside(edit, literal) : overlap(edit, literal);
}

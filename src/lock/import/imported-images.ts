import { type FailureKind, PullpinError, printable } from '../../errors.js';
import { Lines, type Range } from '../../nix/language/position.js';
import type { Digest } from '../../oci/digest.js';
import type { DataFile } from '../../text/tree/data-file.js';
import type { NewImage } from '../edit-images.js';
import { entryName } from './entry-name.js';

/** Something in a file of another tool cannot be imported. */
export class ImportError extends PullpinError {
  override readonly kind: FailureKind;

  constructor(problem?: string, options: ErrorOptions & { readonly kind?: FailureKind } = {}) {
    super(problem, options);
    this.kind = options.kind ?? 'failure';
  }
}

/** The same failure with the place of its image; it keeps its kind. Anything else is given back as it is. */
export function atPlace(place: string, error: unknown): unknown {
  if (!(error instanceof PullpinError)) return error;
  return new ImportError(`${place}: it is not imported: ${error.message}`, { cause: error, kind: error.kind });
}

/** What another tool says of an image. */
export interface ImportedPin {
  /** What images.toml gets. Its image has the tag; the digest is in the lock, but where no tag is known. */
  readonly keys: NewImage;
  /** The digest that the tool recorded, which is the one to lock; undefined where it recorded none. */
  readonly digest?: Digest | undefined;
  /** The hash that the tool recorded, with which the computed one is compared. */
  readonly hash?: Digest | undefined;
  /** What is lost, or not as it was there. */
  readonly warnings?: readonly string[];
}

/** An image in a file of another tool. */
export interface ImportedImage extends ImportedPin {
  /** Its name in images.toml. */
  readonly name: string;
  /** `npins/sources.json:12` */
  readonly place: string;
}

/** Why an image is not imported; `error` names the place. */
export interface ImportProblem {
  readonly name: string;
  readonly error: unknown;
}

/** Collects the images of one file. */
export class ImportedImages {
  readonly images: ImportedImage[] = [];
  readonly problems: ImportProblem[] = [];
  /** What is left alone on purpose: `compose.yaml:7: web is built here`. */
  readonly notes: string[] = [];
  private readonly lines: Lines;

  constructor(readonly file: DataFile) {
    this.lines = new Lines(file.source);
  }

  /** Reads one image. A PullpinError that `read` throws is a problem of this image alone. */
  add(named: string, at: Range, read: () => ImportedPin): void {
    const place = this.placeOf(at);
    try {
      this.images.push({ ...read(), name: entryName(named), place });
    } catch (error) {
      if (!(error instanceof PullpinError)) throw error;
      this.problems.push({ name: printable(named, 100), error: atPlace(place, new ImportError(error.message)) });
    }
  }

  /** Says which entries are something else than images. */
  noteOthers(names: readonly string[]): void {
    if (names.length === 0) return;
    this.notes.push(`${printable(this.file.path)}: no images, and left alone: ${printable(names.join(', '), 200)}`);
  }

  note(at: Range, what: string): void {
    this.notes.push(`${this.placeOf(at)}: ${printable(what)}`);
  }

  /** `compose.yaml:3` */
  private placeOf({ start }: Range): string {
    return `${printable(this.file.path)}:${this.lines.at(start).line}`;
  }
}

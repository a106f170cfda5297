import { type NamedCallers, namedCallers, namingOf, type RunNaming } from '../../list/callers-pins.js';
import { type PinFiles, type Read, readerOf, type SourceFile } from '../../list/pin-files.js';

/** The texts in which the literals of tags may be used: those of a run, and those of the repository that read them. */
export class TagTexts {
  readonly files: readonly SourceFile[];
  readonly naming: RunNaming;
  readonly callers: NamedCallers | undefined;
  readonly read: Read;

  constructor(pinFiles: PinFiles) {
    this.files = pinFiles.files;
    this.naming = namingOf(pinFiles);
    this.callers = namedCallers(pinFiles, this.naming);
    const [own, ofCallers] = [readerOf(pinFiles), new Map(this.callers?.files.map(({ path, text }) => [path, text]))];
    this.read = (name) => ofCallers.get(name) ?? this.callers?.read(name) ?? own(name);
  }
}

import { directivesOf, repositoryOf } from '../../nix/find/notes/remarks.js';
import { Budget } from '../../nix/values/budget.js';
import { rangeKey, type SourceRange } from '../../nix/values/value.js';
import type { Digest } from '../../oci/digest.js';
import { formatReference, parseReference } from '../../oci/reference.js';
import { DataRemarks } from '../../text/remarks.js';
import type { DataFile, DataNode } from '../../text/tree/data-file.js';
import { type DataVisit, visits } from '../../text/tree/visits.js';
import type { NewImage } from '../edit-images.js';
import { ImportError } from './imported-images.js';

/** An image as images.toml has it, with what the comments at it say, and the digest for the lock. */
export interface WrittenImage {
  readonly image: string;
  readonly digest: Digest | undefined;
  readonly keys: Omit<NewImage, 'image'>;
}

/** What the comments at an image say of it. */
interface Directives {
  /** The tag that a directive chooses. */
  readonly chosen: string | undefined;
  /** The tag that any comment names. */
  readonly named: string | undefined;
  readonly keys: Omit<NewImage, 'image'>;
}

/** Reads the `# pullpin:` comments of a YAML file, which mean the same as for `bump`. */
export class DirectiveReader {
  private readonly budget: Budget;
  private readonly remarks: DataRemarks;
  private readonly places: ReadonlyMap<DataNode, DataVisit>;
  private readonly used = new Set<string>();

  constructor(private readonly file: DataFile) {
    this.budget = new Budget(file.source.length);
    this.remarks = new DataRemarks(file, this.budget);
    this.places = new Map([...visits(file)].map((visit) => [visit.node, visit]));
  }

  /**
   * Splits an image into what a tag leads to, and the digest that it has now. One without a tag keeps its digest, because no tag is known that it could
   * follow: none in the text, none in a comment, and no rule that could choose one. Throws a PullpinError for what cannot be understood.
   *
   * @param node the text, or what the parts of the image stand in
   */
  imageAt(text: string, node: DataNode | undefined): WrittenImage {
    const { name, tag: written, digest } = parseReference(text);
    const { chosen, named, keys } = this.read(node, name);
    const tag = digest === undefined ? written : (chosen ?? written ?? named);
    const isFixed = tag === undefined && keys['rule'] === undefined;
    return { image: formatReference({ name, tag, digest: isFixed ? digest : undefined }), digest, keys };
  }

  private read(node: DataNode | undefined, imageName: string): Directives {
    const visit = node && this.places.get(node);
    if (!visit) return { chosen: undefined, named: undefined, keys: {} };
    const literals = node.kind === 'text' ? [node.origin] : [];
    const repository = repositoryOf(imageName);
    const { notes, rules, isFrozen, directives, malformed } = this.remarks.on({ visit, literals, repository });
    for (const directive of directives) this.used.add(rangeKey(directive));
    if (this.budget.isSpent) throw new ImportError('the comments around it are too heavy to read');
    if (malformed.length > 0) throw new ImportError('a directive at it cannot be read');
    const [rule, ...others] = new Set(rules.filter((each) => each.rule.kind !== 'cooldown').map(({ text }) => text));
    const [cooldown, ...times] = new Set(rules.filter((each) => each.rule.kind === 'cooldown').map(({ text }) => text));
    if (others.length + times.length > 0) throw new ImportError('directives at it contradict each other');
    const keys = { rule, cooldown: cooldown?.replace(/^cooldown\s+/, ''), freeze: isFrozen || undefined };
    const chosen = notes.find(({ kind }) => kind === 'directive')?.tag;
    return { chosen, named: notes[0]?.tag, keys };
  }

  /** The directives that no image has. */
  strays(): SourceRange[] {
    return directivesOf(this.file).filter((directive) => !this.used.has(rangeKey(directive)));
  }
}

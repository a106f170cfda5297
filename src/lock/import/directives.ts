import { directivesOf, repositoryOf } from '../../nix/find/notes/remarks.js';
import { Budget } from '../../nix/values/budget.js';
import { rangeKey, type SourceRange } from '../../nix/values/value.js';
import { DataRemarks } from '../../text/remarks.js';
import type { DataFile, DataNode } from '../../text/tree/data-file.js';
import { type DataVisit, visits } from '../../text/tree/visits.js';
import type { NewImage } from '../edit-images.js';
import { ImportError } from './foreign-images.js';

/** What the comments at an image say of it. */
export interface Directives {
  /** The tag that it follows. */
  readonly tag: string | undefined;
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

  /** @param node the image, or what its parts stand in. Throws an ImportError for what cannot be understood. */
  at(node: DataNode, imageName: string): Directives {
    const visit = this.places.get(node);
    if (!visit) return { tag: undefined, keys: {} };
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
    return { tag: notes[0]?.tag, keys };
  }

  /** The directives that no image has. */
  strays(): SourceRange[] {
    return directivesOf(this.file).filter((directive) => !this.used.has(rangeKey(directive)));
  }
}

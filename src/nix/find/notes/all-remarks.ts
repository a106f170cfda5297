import { rangeKey } from '../../values/value.js';
import { byStrength, type Remarks } from './remarks.js';
import type { TagNote } from './tag-note.js';

/** What is said of one pin at several places. `apart` is the reason why the pin must stay: it has one digest, and should follow several tags. */
export interface AllRemarks extends Pick<Remarks, 'notes' | 'rules' | 'isFrozen'> {
  readonly apart: string | undefined;
}

/** What the comments say of a pin that is found at several places, such as the body of a function and the calls of it. */
export function allRemarks(same: readonly Pick<Remarks, 'notes' | 'rules' | 'isFrozen'>[]): AllRemarks {
  const notes = distinct(same.flatMap((each) => each.notes)).toSorted(byStrength);
  const tags = [...new Set(notes.flatMap(({ kind, tag }) => (kind === 'directive' ? [tag] : [])))];
  const rules = [...new Map(same.flatMap((each) => each.rules).map((rule) => [rangeKey(rule), rule])).values()];
  const isFrozen = same.some((each) => each.isFrozen);
  const apart =
    tags.length > 1
      ? `comments say that it follows ${tags.join(' and ')}, and one digest cannot: give each image its own`
      : undefined;
  return { notes, rules, isFrozen, apart };
}

function distinct(notes: readonly TagNote[]): TagNote[] {
  return [...new Map(notes.map((note) => [`${note.start} ${note.kind} ${note.file}`, note])).values()];
}

import type { TextValue } from '../../values/value.js';
import type { Remarks } from './remarks.js';

/** What is known of a digest beside its values: whether it is frozen, which tag it follows, and the rules for that. */
export interface Signs extends Pick<Remarks, 'notes' | 'rules' | 'isFrozen'> {
  readonly tag?: TextValue | undefined;
}

/** Whether a pin says itself which tag it follows. */
export function namesTag({ tag, notes }: Signs): boolean {
  return tag !== undefined || notes.length > 0;
}

/** What other pins with the same digest say: any of them may freeze it. Only the `omitted` ones name a tag for it, when they agree on one. */
export function signsOf(others: readonly Signs[], omitted: readonly Signs[]): Signs {
  const isFrozen = others.some((each) => each.isFrozen);
  const rules = omitted.flatMap((each) => each.rules);
  const naming = omitted.filter(namesTag);
  const [first] = naming;
  const isOne = naming.every((each) => first && tagOf(each) === tagOf(first));
  return isOne && first ? { isFrozen, rules, tag: first.tag, notes: first.notes } : { isFrozen, rules, notes: [] };
}

/** A pin with what others say of its digest. The tag and the rules that it has itself win. */
export function withSignsOf<Pin extends Signs>(others: Signs, pin: Pin): Pin {
  const isFrozen = pin.isFrozen || others.isFrozen;
  const { tag, notes } = namesTag(pin) ? pin : others;
  const { rules } = pin.rules.length > 0 ? pin : others;
  const isSame =
    isFrozen === pin.isFrozen && tag === pin.tag && notes === pin.notes && rules.length === pin.rules.length;
  return isSame ? pin : { ...pin, isFrozen, tag, notes, rules };
}

function tagOf({ tag, notes: [note] }: Signs): string | undefined {
  return note?.kind === 'directive' ? note.tag : (tag?.text ?? note?.tag);
}

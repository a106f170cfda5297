import { printable } from '../errors.js';
import type { RuleNote } from '../nix/find/notes/tag-note.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Level, TagRule } from '../tag-rules/rule.js';

/** A directive that gives a rule for a tag. */
type TagRuleNote = RuleNote & { readonly rule: TagRule };

/** The directives of a pin that give rules for its tag. */
export function tagRuleNotes({ rules }: Pick<PinSite, 'rules'>): TagRuleNote[] {
  return rules.flatMap((note) => (note.rule.kind === 'cooldown' ? [] : [{ ...note, rule: note.rule }]));
}

/** How long an image must have been there before this pin may move to it, in milliseconds: the longest of its comments; undefined without one. */
export function cooldownOf({ rules }: PinSite): number | undefined {
  const own = rules.flatMap(({ rule }) => (rule.kind === 'cooldown' ? [rule.milliseconds] : []));
  return own.length === 0 ? undefined : Math.max(...own);
}

/**
 * The rule for the tag of a pin: that of its comments, else the level that the user chose for all pins. A tag that a directive names is a rule of
 * its own, as `digest` is. Undefined for a pin whose tag stays.
 */
export function tagRule(site: PinSite, level?: Level): TagRule | undefined {
  const [own] = tagRuleNotes(site);
  if (own) return own.rule.kind === 'digest' ? undefined : own.rule;
  const isDirected = site.notes.some(({ kind }) => kind === 'directive');
  return level === undefined || isDirected ? undefined : { kind: 'level', level };
}

/** Whether a rule alone says which tag a pin has, although nothing names its tag now. */
export function isRuledWithoutTag(site: PinSite): boolean {
  const kind = tagRule(site)?.kind;
  return kind !== undefined && kind !== 'level';
}

/** Why the directives of a pin cannot all hold; undefined when they can. */
export function contradiction(site: PinSite): string | undefined {
  const rules = tagRuleNotes(site);
  const texts = new Set([
    ...rules.map(({ text }) => text),
    ...site.notes.flatMap(({ kind, tag }) => (kind === 'directive' ? [tag] : [])),
  ]);
  if (rules.length === 0 || texts.size < 2) return undefined;
  const shown = [...texts].map((text) => `'# pullpin: ${printable(text, 60)}'`).join(' and ');
  return `it has ${shown}, and only one of them can hold: remove the others`;
}

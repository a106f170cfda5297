import { printable } from '../errors.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Level, TagRule } from '../tag-rules/rule.js';

/**
 * The rule for the tag of a pin: that of its comments, else the level that the user chose for all pins. A tag that a directive names is a rule of
 * its own, as `digest` is. Undefined for a pin whose tag stays.
 */
export function tagRule(site: PinSite, level?: Level): TagRule | undefined {
  const [own] = site.rules;
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
  const texts = new Set([
    ...site.rules.map(({ text }) => text),
    ...site.notes.flatMap(({ kind, tag }) => (kind === 'directive' ? [tag] : [])),
  ]);
  if (site.rules.length === 0 || texts.size < 2) return undefined;
  const shown = [...texts].map((text) => `'# pullpin: ${printable(text, 60)}'`).join(' and ');
  return `it has ${shown}, and only one of them can hold: remove the others`;
}

import { printable } from '../../errors.js';
import { tagPlaces } from '../../list/shared-tags.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import { rangeKey, type TextValue } from '../../nix/values/value.js';
import { SiteError } from '../../recipe/site-error.js';
import { rewriteOrFail } from '../site/rewrite.js';
import { type TrackedPin, tagMove } from '../site/tracked-pin.js';

/** A pin whose tag moves. */
export type MovedPin = Pick<TrackedPin, 'site' | 'follows' | 'wantedTag'> & {
  readonly settings: Pick<TrackedPin['settings'], 'moveTag'>;
};

/**
 * The edits that write the new tag wherever the pin has the old one: its tag, its final tag, and the comments beside it. None when the tag stays.
 * Throws a SiteError when the tag is written nowhere or somewhere that must not change.
 */
export function tagEdits(pin: MovedPin): FileEdit[] {
  const move = tagMove(pin);
  const { site, follows, settings } = pin;
  if (!move || !follows) return [];
  if (follows.by === 'key' || follows.by === 'assumed') throw unwritten(pin, move.to);
  const inComments = site.notes.filter(({ kind, tag }) => kind !== 'directive' && tag === move.from);
  const comments = inComments.map(({ file, start, end }) => ({ file, start, end, text: move.to }));
  // A string without a digest is written anew as a whole.
  if (site.withoutDigest !== undefined) return comments;
  const values = [site.tag, site.finalImageTag].filter(
    (value): value is TextValue => value?.kind === 'text' && value.text === move.from,
  );
  const edits = values.flatMap((value) => rewriteOrFail(value, move.to, 'the tag'));
  const unique = [...new Map(edits.map((edit) => [rangeKey(edit), edit])).values()];
  checkOtherValues(pin, unique);
  return [...unique, ...comments, ...settings.moveTag(unique, site, move)];
}

function unwritten({ follows, site }: MovedPin, to: string): SiteError {
  const what =
    follows?.by === 'key' ? 'is the name of its attribute, which pullpin does not change' : 'is written nowhere';
  return new SiteError('tag', `its tag should be ${printable(to)}, and the tag of ${site.imageName.text} ${what}`);
}

/** The literal of a tag may be a part of other values of the pin, which would change with it. */
function checkOtherValues({ site }: MovedPin, edits: readonly FileEdit[]): void {
  const { imageName, imageDigest, hashes, finalImageName, os, arch } = site;
  const values = [imageName, imageDigest, ...hashes.map(({ value }) => value), finalImageName, os, arch];
  const places = values.flatMap((value) =>
    value?.kind === 'text' ? tagPlaces({ ...site, tag: value, finalImageTag: undefined }) : [],
  );
  const isHit = places.some((place) =>
    edits.some(({ file, start, end }) => file === place.file && start < place.end && place.start < end),
  );
  if (isHit) throw new SiteError('tag', 'its tag is a part of its name or of another value: write the tag by itself');
}

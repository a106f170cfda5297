import { findInFile } from '../../list/find-in-file.js';
import { followedTag } from '../../list/follow.js';
import { applyEdits, differsOnlyIn, type FileEdit } from '../../nix/edit/edit.js';
import { differInOneObject } from '../../nix/edit/json-table.js';
import { followedText, type PinSite } from '../../nix/find/pin-site.js';
import { dataFormat } from '../../nix/language/data-format.js';
import { SiteError } from '../../recipe/site-error.js';
import type { SiteSettings } from '../site/site-settings.js';
import type { NewEntry } from './new-entry.js';

/** The change of a table: the old pin of each system, the systems that the table loses, and the entries that it gets. */
export interface TableParts {
  readonly sites: readonly PinSite[];
  readonly dropped: readonly PinSite[];
  readonly added: readonly NewEntry[];
}

/**
 * Reads the edited text, and checks that a table has exactly the entries that it should have, and that all other pins of the file did not change.
 * Throws a SiteError.
 */
export function checkTable(
  { sites, dropped, added }: TableParts,
  edits: readonly FileEdit[],
  { read }: SiteSettings,
): void {
  const [site] = sites;
  const [edit] = edits;
  if (!site || !edit) return;
  const source = read(edit.file) ?? '';
  const after = applyEdits(source, edits);
  const before = pinTexts(site.file, read);
  const gone = new Set(dropped.map(textOf));
  const expected = [...before.filter((text) => !gone.has(text)), ...added.map((entry) => textOfEntry(site, entry))];
  const found = pinTexts(site.file, (path) => (path === edit.file ? after : read(path)));
  const isAsExpected = JSON.stringify(found.toSorted()) === JSON.stringify(expected.toSorted());
  if (!isAsExpected || !differInTable(edit.file, source, after, edits))
    throw new SiteError(
      'systems',
      'its table cannot be changed without a change of something else: add and drop its systems by hand',
    );
}

/** Whether nothing beside the entries differs. The edits of a table of JSON are all in one object. */
function differInTable(file: string, before: string, after: string, edits: readonly FileEdit[]): boolean {
  if (dataFormat(file) !== 'json') return differsOnlyIn(before, after, edits);
  return differInOneObject(before, after, file, edits[0]?.start ?? 0);
}

/** A text with everything about the pins of a file except their places. */
function pinTexts(file: string, read: SiteSettings['read']): string[] {
  const source = read(file);
  return source === undefined ? [] : findInFile({ path: file, text: source }, read).sites.map(textOf);
}

function textOf(site: PinSite): string {
  const { systems, isPlatformDependent, imageDigest, hashes, os, arch, isFrozen } = site;
  return textOfParts(site, {
    system: isPlatformDependent ? systems[0] : undefined,
    digest: imageDigest.text,
    hashes: hashes.map(({ value }) => followedText(value)),
    os: followedText(os),
    arch: followedText(arch),
    isFrozen,
  });
}

function textOfEntry(site: PinSite, { system, digest, hashes, platform }: NewEntry): string {
  return textOfParts(site, {
    system: site.isPlatformDependent ? system : undefined,
    digest: digest ?? site.imageDigest.text,
    hashes,
    os: site.os && platform.os,
    arch: site.arch && platform.architecture,
    isFrozen: false,
  });
}

function textOfParts({ form, imageName, finalImageName, finalImageTag, ...site }: PinSite, parts: object): string {
  const names = [imageName.text, followedText(finalImageName), followedText(finalImageTag)];
  const follows = followedTag({ ...site, form, imageName, finalImageName, finalImageTag });
  return JSON.stringify([form, names, follows?.tag, follows?.by, parts]);
}

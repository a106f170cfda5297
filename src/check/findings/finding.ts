import { printable, shellWord, UsageError } from '../../errors.js';
import type { ListedProblem } from '../../list/pin-files.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { didYouMean } from '../../suggestion.js';
import { FINDINGS, type FindingCode, type FindingLevel } from './findings.js';

/** Something that a check has found at a place of a file. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: FindingCode;
  readonly level: FindingLevel;
  /** One line: what is wrong. */
  readonly message: string;
  /** One line: what to do; undefined where only the user can say it. */
  readonly fix?: string | undefined;
  /** Edits that correct it and change nothing else; empty where no edit is certain to be right. */
  readonly edits: readonly FileEdit[];
  readonly imageName?: string | undefined;
  readonly imageDigest?: string | undefined;
}

/** What a finding may have besides its place, code and message. */
export type FindingDetails = Partial<Pick<Finding, 'fix' | 'edits' | 'level' | 'imageName' | 'imageDigest'>>;

/** A finding at any place. */
export function findingIn(
  { file, line, column }: Pick<Finding, 'file' | 'line' | 'column'>,
  code: FindingCode,
  message: string,
  details: FindingDetails = {},
): Finding {
  return { file, line, column, code, level: FINDINGS[code].level, message, edits: [], ...details };
}

/** A finding about a pin. */
export function findingAt(site: PinSite, code: FindingCode, message: string, details: FindingDetails = {}): Finding {
  const { imageName, imageDigest } = site;
  return findingIn(site, code, message, { imageName: imageName.text, imageDigest: imageDigest.text, ...details });
}

/** A problem from the search for pins, as a finding. */
export function findingOf({ code, message, imageDigest, ...place }: ListedProblem): Finding {
  return findingIn(place, isFindingCode(code) ? code : 'unfollowable', message, { imageDigest });
}

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(FINDINGS, code);
}

/** The code of a finding that a user does not want to see. Throws a UsageError. */
export function checkIgnored(text: string): FindingCode {
  if (isFindingCode(text)) return text;
  const hint = didYouMean(text, Object.keys(FINDINGS)) || '; docs/check.md lists them';
  throw new UsageError(`--ignore: there is no finding '${printable(text, 100)}'${hint}`);
}

/** `pullpin bump FILE:LINE`, for a shell. */
export function bumpCommand({ file, line }: Pick<Finding, 'file' | 'line'>): string {
  return `pullpin bump ${shellWord(file)}:${line}`;
}

/** The bump that corrects a pin, or why `pullpin bump` leaves the pin as it is. */
export function bumpAdvice(site: PinSite, command = bumpCommand(site)): string {
  return site.hold ? notMoved(site.hold.message) : command;
}

/** The advice for a pin that a bump does not move. */
export function notMoved(reason: string): string {
  return `pullpin bump leaves it as it is: ${reason}`;
}

/** In the order of the files and of the places in them. */
export function findingsInOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
  );
}

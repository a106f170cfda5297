import { PullpinError } from '../errors.js';
import { tagsApart } from '../list/follow.js';
import type { ListedPin } from '../list/listed-pin.js';
import { isNotice, type ListedProblem } from '../list/pin-files.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { PlatformError } from '../oci/platform.js';
import { SiteError } from '../recipe/site-error.js';
import type { Conflict } from './conflicts.js';
import type { SiteNotice } from './one-pin/pin-change.js';
import type { SiteSettings } from './site/site-settings.js';

/**
 * Why a pin stays as it is. A `notice` is a state that the user may want, such as a pin without a tag; a `failure` is a pin that pullpin should
 * have looked up or changed, and could not.
 */
export interface BumpProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'notice' | 'failure';
  readonly code: string;
  readonly message: string;
  readonly imageName?: string | undefined;
  readonly imageDigest?: string | undefined;
  /** When an image that is held back becomes free, RFC 3339 in UTC. */
  readonly free?: string | undefined;
  /** The error of a failed look-up. */
  readonly error?: unknown;
}

/** A problem from the search for the pins of a file. */
export function sourceProblem(problem: ListedProblem): BumpProblem {
  const { file, line, column, code, message, imageDigest } = problem;
  return { file, line, column, severity: isNotice(code) ? 'notice' : 'failure', code, message, imageDigest };
}

/** The notices about a pin that needs no change. */
export function noticeOf({ file, line, column, code, message, imageDigest }: ListedProblem): BumpProblem {
  return { file, line, column, severity: 'notice', code, message, imageDigest };
}

/** The problem of a pin whose plan failed. Throws any error that is not a PullpinError again, because that is a bug. */
export function failedProblem(site: PinSite, error: unknown, systems?: SiteSettings['systems']): BumpProblem {
  if (!(error instanceof PullpinError)) throw error;
  const code = error instanceof SiteError ? error.code : error.kind;
  const mayDrop = systems !== 'all' && error instanceof PlatformError && site.isPlatformDependent;
  const hint = mayDrop ? '; --systems all drops what is gone' : '';
  return { ...placeOf(site), severity: 'failure', code, message: `${error.message}${hint}`, error };
}

/** The problem of a pin that follows no tag. */
export function untrackedProblem(site: PinSite): BumpProblem {
  const apart = tagsApart(site);
  const message = apart
    ? `its command says tag ${apart.command.tag} and its finalImageTag says ${apart.finalImageTag}: write '# pullpin: TAG' above it`
    : `${untrackedReason(site)}: write '# pullpin: TAG' above it, or run with --assume-tag TAG`;
  return { ...placeOf(site), severity: 'notice', code: 'untracked', message };
}

function untrackedReason({ finalImageTag }: PinSite): string {
  return finalImageTag?.kind === 'unfollowable'
    ? `its finalImageTag, which may say the tag that it follows, cannot be followed: ${finalImageTag.message}`
    : 'nothing says which tag it follows';
}

/** The problem of a pin that shares a value with another pin, or with itself on another system or in another call, where it must be another one. */
export function conflictProblem({ change, rival }: Conflict): BumpProblem {
  const { file, line, column, imageName, imageDigest } = change.pin;
  const message = rival
    ? `it shares a value with the pin at ${rival.file}:${rival.line}, which would need a different one or stays as it is: give each its own`
    : 'it shares a value between several systems or calls, and one of them would need a different one or stays as it is: give each its own';
  return { file, line, column, imageName, imageDigest, severity: 'failure', code: 'conflict', message };
}

/** A pin stays as it is on some systems, because it cannot be changed on another one. */
export function aloneProblem({ file, line, column, imageName, imageDigest }: ListedPin, stays: string): BumpProblem {
  const message = `it stays as it is, because its values for ${stays} cannot be changed and all systems change together: correct ${stays} first`;
  return { file, line, column, imageName, imageDigest, severity: 'failure', code: 'alone', message };
}

/** A table by system would get entries with one digest beside entries with another digest. */
export function systemsProblem({ file, line, column, imageName, imageDigest }: ListedPin): BumpProblem {
  const message =
    'its systems stay as they are, because its values for some of them were not chosen: choose all systems of this pin, or none';
  return { file, line, column, imageName, imageDigest, severity: 'failure', code: 'systems', message };
}

/** A pin of which a look-up has shown something. */
export function siteProblem(site: PinSite, notice: SiteNotice): BumpProblem {
  return { ...placeOf(site), severity: 'notice', ...notice };
}

/** A part of a pin stays as it is, although the pin changes. */
export function leftProblem({ file, line, column, imageName, imageDigest }: ListedPin, message: string): BumpProblem {
  return { file, line, column, imageName, imageDigest, severity: 'notice', code: 'left', message };
}

function placeOf({ file, line, column, imageName, imageDigest }: PinSite) {
  return { file, line, column, imageName: imageName.text, imageDigest: imageDigest.text };
}

/** The problems in the order of their places. One that a pin has on several systems is there once. */
export function inOrder(problems: readonly BumpProblem[]): BumpProblem[] {
  const keyOf = ({ file, line, column, code, message, imageName, imageDigest }: BumpProblem) =>
    JSON.stringify([file, line, column, code, message, imageName, imageDigest]);
  const distinct = new Map(problems.map((problem) => [keyOf(problem), problem]));
  return [...distinct.values()].toSorted((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
  );
}

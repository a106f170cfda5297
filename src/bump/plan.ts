import { setImmediate as nextTurn } from 'node:timers/promises';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { PullpinError } from '../errors.js';
import { type FoundInFiles, findInFile, joined, type SourceFile } from '../list/find.js';
import { applyEdits, differsOnlyIn, reconcileEdits } from '../nix/edit/edit.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { Images, type ImagesOptions } from '../pin/look-ups.js';
import type { Change, SiteOutcome } from './change.js';
import { separateConflicts } from './conflicts.js';
import { askAhead, planSite, type SiteSettings } from './plan-site.js';
import type { BumpProblem } from './problem.js';
import { SiteError } from './site-error.js';

export interface BumpRequest extends SiteSettings, ImagesOptions {
  readonly files: readonly SourceFile[];
  /** Reads a file by its path, also one that another one imports; undefined where it may not be read. */
  readonly read: (path: string) => string | undefined;
  /** Which pins are looked at; all when absent. */
  readonly isWanted?: (site: PinSite) => boolean;
  /** The files whose pins are told of when they cannot be followed; all when absent. */
  readonly isWantedFile?: (path: string) => boolean;
  readonly onProgress?: (progress: BumpProgress) => void;
}

export interface BumpProgress {
  readonly done: number;
  readonly total: number;
  readonly changed: number;
}

/** A file that is to be changed. */
export interface ChangedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What a bump would do: nothing has been written. */
export interface BumpPlan {
  readonly changes: readonly Change[];
  readonly problems: readonly BumpProblem[];
  readonly files: readonly ChangedFile[];
  /** How many pins were found, and how many of them are as they should be, or are not to be touched. */
  readonly counts: {
    readonly found: number;
    readonly current: number;
    readonly frozen: number;
    readonly untracked: number;
  };
}

/** Pins that are looked at the same time; the registry client bounds the requests at each host. */
const CONCURRENT_SITES = 32;

/** Finds the pins of some files and plans what to change, so that each carries what its tag has now. Throws for bugs only. */
export async function planBump(request: BumpRequest): Promise<BumpPlan> {
  const { files, isWanted = () => true, isWantedFile = () => true } = request;
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const read = (path: string): string | undefined => texts.get(path) ?? request.read(path);
  const settings = { ...request, read };
  const images = new Images(request);
  const found = await findAndAsk(files, read, (site) => {
    if (isWanted(site)) void askAhead(site, images, settings);
  });
  const wanted = new Set(found.sites.filter(isWanted));
  const outcomes = await planSites([...wanted], images, settings);
  const unwanted = found.sites.filter((site) => !wanted.has(site));
  const problems = found.problems.filter(({ file }) => isWantedFile(file)).map(fromSource);
  return assemble(settings, outcomes, unwanted, problems);
}

/** Finds the pins of some files, and lets the registries answer what is asked of the first ones while the others are looked for. */
async function findAndAsk(
  files: readonly SourceFile[],
  read: BumpRequest['read'],
  ask: (site: PinSite) => void,
): Promise<FoundInFiles> {
  const found: FoundInFiles[] = [];
  for (const file of files) {
    const inFile = findInFile(file, read);
    found.push(inFile);
    if (inFile.sites.length === 0) continue;
    inFile.sites.forEach(ask);
    await nextTurn();
  }
  return joined(found);
}

function fromSource({ file, line, column, code, message, imageDigest }: FoundInFiles['problems'][number]): BumpProblem {
  const isNotice = NOTICES.has(code);
  const severity = isNotice ? 'notice' : 'failure';
  return { file, line, column, severity, code, message, ...(imageDigest !== undefined && { imageDigest }) };
}

/** What a file may well hold. */
const NOTICES: ReadonlySet<string> = new Set(['template', 'manifest-file', 'stray-directive']);

type PlannedSite = PromiseSettledResult<SiteOutcome> & { readonly site: PinSite };

async function planSites(sites: readonly PinSite[], images: Images, request: BumpRequest): Promise<PlannedSite[]> {
  const progress = { done: 0, total: sites.length, changed: 0 };
  request.onProgress?.({ ...progress });
  const outcomes = await settleInOrder(sites, CONCURRENT_SITES, async (site) => {
    try {
      const outcome = await planSite(site, images, request);
      if (outcome.state === 'changed') progress.changed += 1;
      return outcome;
    } finally {
      progress.done += 1;
      request.onProgress?.({ ...progress });
    }
  });
  return outcomes.flatMap((outcome, at) => (sites[at] ? [{ ...outcome, site: sites[at] }] : []));
}

function assemble(
  { read, work }: BumpRequest,
  planned: readonly PlannedSite[],
  unwanted: readonly PinSite[],
  problems: readonly BumpProblem[],
): BumpPlan {
  const failed = planned.flatMap((each) => (each.status === 'rejected' ? [siteProblem(each.site, each.reason)] : []));
  const settled = planned.flatMap((each) =>
    each.status === 'fulfilled' ? [{ site: each.site, outcome: each.value }] : [],
  );
  const wanted = settled.flatMap(({ outcome }) => (outcome.state === 'changed' ? [outcome.change] : []));
  const changing = new Set(wanted.map(({ site }) => site));
  const kept = [...unwanted, ...planned.map(({ site }) => site).filter((site) => !changing.has(site))];
  const { changes, conflicting } = separateConflicts(wanted, kept);
  const count = (state: SiteOutcome['state']): number =>
    settled.filter(({ outcome }) => outcome.state === state).length;
  const untracked = settled.flatMap(({ site, outcome }) =>
    outcome.state === 'untracked' ? [untrackedProblem(site)] : [],
  );
  return {
    changes,
    problems: inOrder([...problems, ...failed, ...untracked, ...conflicting.map(conflictProblem)]),
    files: work === 'digests' ? [] : changedFiles(changes, read),
    counts: {
      found: planned.length,
      current: count('current'),
      frozen: count('frozen'),
      untracked: count('untracked'),
    },
  };
}

/** The files with the edits made, each checked to be the same program but for them. */
function changedFiles(changes: readonly Change[], read: BumpRequest['read']): ChangedFile[] {
  const { edits } = reconcileEdits(changes.flatMap((change) => change.edits));
  return [...new Set(edits.map(({ file }) => file))].map((path) => {
    const own = edits.filter(({ file }) => file === path);
    const before = read(path);
    if (before === undefined) throw new TypeError(`${path} was read when its pins were found, and is gone now`);
    const after = applyEdits(before, own);
    if (!path.endsWith('.json') && !differsOnlyIn(before, after, own))
      throw new TypeError(`the edits of ${path} would change more than its pins`);
    return { path, before, after };
  });
}

function siteProblem(site: PinSite, error: unknown): BumpProblem {
  if (!(error instanceof PullpinError)) throw error;
  const code = error instanceof SiteError ? error.code : error.kind;
  return { ...describeSite(site), severity: 'failure', code, message: error.message, error };
}

function untrackedProblem(site: PinSite): BumpProblem {
  const message = "nothing tells which tag it follows: write '# pullpin: TAG' above it, or run with --assume-tag TAG";
  return { ...describeSite(site), severity: 'notice', code: 'untracked', message };
}

function conflictProblem({ site }: Change): BumpProblem {
  const message =
    'it shares a value with another pin that would need a different one, or that stays as it is: give each its own';
  return { ...describeSite(site), severity: 'failure', code: 'conflict', message };
}

function describeSite({
  file,
  line,
  column,
  imageName,
  imageDigest,
}: PinSite): Omit<BumpProblem, 'severity' | 'code' | 'message'> {
  return { file, line, column, imageName: imageName.text, imageDigest: imageDigest.text };
}

function inOrder(problems: readonly BumpProblem[]): BumpProblem[] {
  return problems.toSorted((a, b) =>
    a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
  );
}

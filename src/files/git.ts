import { PullpinError, printable } from '../errors.js';
import { type ProgramResult, runProgram } from '../machine/run-program.js';

/** Where git runs, and which environment it gets. */
export interface GitSettings {
  /** An absolute path. The repository is the one that this folder lies in, whatever GIT_DIR says. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** How long git may print nothing, in milliseconds; 30 seconds when omitted. */
  readonly patience?: number;
}

/** git is not installed, or did not do what was asked. */
export class GitError extends PullpinError {
  constructor(
    readonly folder: string,
    readonly problem: string,
    readonly exitCode?: number | undefined,
  ) {
    super(`git in ${printable(folder)}: ${problem}`);
  }
}

/** git was stopped because it printed nothing. This is no GitError: what git would have found must not be passed over. */
export class GitSilenceError extends PullpinError {
  constructor(
    readonly folder: string,
    patience: number,
  ) {
    const problem = `it printed nothing for ${patience / 1000} seconds and was stopped`;
    super(`git in ${printable(folder)}: ${problem}; is one of the files that it reads a pipe, such as a .gitignore?`);
  }
}

// The configuration of a repository could make git run programs: a monitor, hooks, a helper, or a command that fetches missing objects.
const HARMLESS = {
  options: [
    '--no-pager',
    '--no-replace-objects',
    '--literal-pathspecs',
    ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'safe.bareRepository=explicit'].flatMap((value) => [
      '-c',
      value,
    ]),
  ],
  environment: {
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // Each of the two forbids to fetch; the first is not known to git before 2.45.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    LC_ALL: 'C',
  },
} as const;

// Variables that make git use another repository than that of the folder (part of `git rev-parse --local-env-vars`): set inside of hooks.
const TIES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
];

/** git opens whatever has the name of one of its files, and a pipe in such a place makes it wait for ever. */
const TIME_LIMIT = 30_000;

const MAX_OUTPUT = 1024 * 1024 * 1024;

/**
 * Runs a plumbing command of git and returns its output. There is no shell; no program that the repository's configuration names is run, and
 * nothing is fetched. Throws a GitError with git's own words, and a GitSilenceError.
 */
export async function runGit(args: readonly string[], settings: GitSettings, input?: string): Promise<Buffer> {
  const { folder, environment, signal } = settings;
  const timeLimit = settings.patience ?? TIME_LIMIT;
  const result = await runProgram('git', [...HARMLESS.options, ...args], {
    environment: { ...withoutTies(environment), ...HARMLESS.environment },
    folder,
    input,
    signal,
    silenceLimit: timeLimit,
    maxOutput: MAX_OUTPUT,
  });
  if (result.failure === 'slow') throw new GitSilenceError(folder, timeLimit);
  if (result.failure === undefined) return result.stdout;
  throw new GitError(folder, problemOf(result), result.exitCode);
}

function withoutTies(environment: GitSettings['environment']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !TIES.includes(name)));
}

function problemOf({ failure, exitCode, stderr }: ProgramResult): string {
  if (failure === 'missing') return 'it is not on the PATH, or the folder does not exist; install git';
  if (failure === 'endless') return 'it printed more than 1 GiB';
  const lines = stderr.toString('utf8').split('\n');
  const said = lines.find((line) => line.startsWith('fatal: ')) ?? lines.find((line) => line.trim() !== '');
  if (said !== undefined) return printable(said.replace(/^fatal: /, ''));
  return exitCode === undefined ? 'it could not be run' : `it failed with exit code ${exitCode}`;
}

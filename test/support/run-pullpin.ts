import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { temporaryFolder } from './temporary-folder.js';

/** Where V8 shall leave what it has counted, when `npm run test:coverage` asks for it. */
const COVERAGE = process.env['CHILD_COVERAGE'];
const MAIN = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));

/** How one run of the program ended. Nothing is trimmed. */
export interface PullpinRun {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
}

export interface PullpinRunOptions {
  /** Added to an environment that knows nothing but PATH, a home and a temporary folder of its own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  /** Another program than dist/main.cjs of this tree. */
  readonly main?: string;
}

/** A run that has not ended yet. */
export interface RunningPullpin {
  readonly ended: Promise<PullpinRun>;
  kill(signal: 'SIGINT' | 'SIGTERM'): void;
}

/** Runs the built program as a user would, never through a shell, away from the settings and credentials of this machine. */
export function runPullpin(args: readonly string[], options?: PullpinRunOptions): Promise<PullpinRun> {
  return startPullpin(args, options).ended;
}

export function startPullpin(args: readonly string[], options: PullpinRunOptions = {}): RunningPullpin {
  const home = temporaryFolder();
  const child = execa(process.execPath, [options.main ?? MAIN, ...args], {
    cwd: options.cwd ?? home,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      TMPDIR: home,
      ...(COVERAGE === undefined ? {} : { NODE_V8_COVERAGE: COVERAGE }),
      ...options.env,
    },
    extendEnv: false,
    input: options.stdin ?? '',
    reject: false,
    stripFinalNewline: false,
    timeout: 60_000,
  });
  return {
    ended: child.then(({ stdout, stderr, exitCode }) => ({ stdout, stderr, exitCode })),
    kill: (signal) => child.kill(signal),
  };
}

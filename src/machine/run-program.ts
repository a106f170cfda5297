import type { Subprocess } from 'execa';
import type { Environment } from './environment.js';

/** How a program is run. It gets no other environment than this one. */
export interface ProgramSettings {
  readonly environment: Environment;
  /** Where it runs, as an absolute path. */
  readonly folder?: string | undefined;
  /** What it reads from stdin; nothing when omitted. */
  readonly input?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which it is stopped. */
  readonly timeLimit?: number | undefined;
  /** Milliseconds without any output on stdout after which it is stopped. */
  readonly silenceLimit?: number | undefined;
  /** The most that it may print, in bytes. */
  readonly maxOutput: number;
}

/** How a program ended. */
export interface ProgramResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Undefined when it did not start, or was stopped. */
  readonly exitCode: number | undefined;
  /** Why it has no good end: it is not on the PATH, may not be run, took too long, printed too much, or said so by its exit code. */
  readonly failure: 'missing' | 'forbidden' | 'slow' | 'endless' | 'exit' | undefined;
}

/** Milliseconds that programs which it has started may keep its output open. */
const LINGER = 500;

/**
 * Runs a program of the PATH without a shell, and waits for its end. Never throws for what the program does: the result has it. Throws the
 * reason of the signal.
 */
export async function runProgram(
  name: string,
  args: readonly string[],
  { environment, folder, input = '', signal, timeLimit, silenceLimit, maxOutput }: ProgramSettings,
): Promise<ProgramResult> {
  const { execa } = await import('execa');
  const running = execa(name, args, {
    env: environment,
    extendEnv: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    input,
    reject: false,
    forceKillAfterDelay: 1000,
    maxBuffer: maxOutput,
    ...(folder !== undefined && { cwd: folder }),
    ...(timeLimit !== undefined && { timeout: timeLimit }),
    ...(signal && { cancelSignal: signal }),
  });
  const release = (): void => {
    running.stdout.destroy();
    running.stderr.destroy();
  };
  // Programs that it started may still run and keep its output open, without any limit.
  running.once('exit', () => setTimeout(release, LINGER).unref());
  const isSilent = watchSilence(running, silenceLimit);
  const result = await running;
  signal?.throwIfAborted();
  return {
    stdout: Buffer.from(result.stdout ?? []),
    stderr: Buffer.from(result.stderr ?? []),
    exitCode: result.exitCode,
    failure: isSilent() ? 'slow' : result.failed ? failureOf(result) : undefined,
  };
}

/** Stops a program that prints nothing for some time. What is returned says whether that happened. */
function watchSilence(running: Subprocess, limit: number | undefined): () => boolean {
  if (limit === undefined) return () => false;
  let isStopped = false;
  const timer = setTimeout(() => {
    isStopped = running.kill();
  }, limit);
  running.stdout?.on('data', () => timer.refresh());
  running.once('exit', () => clearTimeout(timer));
  running.once('error', () => clearTimeout(timer));
  return () => isStopped;
}

interface Failed {
  readonly code?: string | undefined;
  readonly timedOut: boolean;
  readonly isMaxBuffer: boolean;
}

function failureOf({ code, timedOut, isMaxBuffer }: Failed): NonNullable<ProgramResult['failure']> {
  if (code === 'ENOENT') return 'missing';
  if (code === 'EACCES') return 'forbidden';
  if (timedOut) return 'slow';
  return isMaxBuffer ? 'endless' : 'exit';
}

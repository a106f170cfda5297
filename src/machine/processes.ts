import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

/** A process: its number, and the set of processes in which this number is unique. */
export interface ProcessName {
  /** Eight hex digits: the same for processes that can see each other, another one in each container and on each machine. */
  readonly scope: string;
  readonly pid: number;
}

/** The name of this process. */
export function thisProcess(): ProcessName {
  return {
    scope: createHash('sha256').update(`${hostname()} ${namespace()}`).digest('hex').slice(0, 8),
    pid: process.pid,
  };
}

/** Whether a process is known to have ended. False when that cannot be known, such as for a process in another container. */
export function hasEnded({ scope, pid }: ProcessName): boolean {
  if (scope !== thisProcess().scope) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** The namespace of process numbers on Linux; empty on other systems. */
function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

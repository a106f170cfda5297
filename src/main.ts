#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import module from 'node:module';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import type { Context } from './cli/terminal/context.js';
import { EXIT, EXIT_OF_SIGNAL, exitCodeOf } from './cli/terminal/exit-code.js';
import { PATIENCE } from './cli/terminal/print.js';
import { Report } from './cli/terminal/report.js';
import { runHeavyWorkBy } from './concurrency/heavy-work.js';
import { PullpinError } from './errors.js';
import { writeReason } from './machine/file-errors.js';
import { fromProcess } from './machine/machine.js';

// Node 22 and later keep compiled code between runs, if they may.
if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') module.enableCompileCache();

// A run is over before optimized WebAssembly pays: at its end, the program would wait until V8 has optimized undici's parser (docs/startup.md).
setFlagsFromString('--wasm-tiering-budget=1000000000');
// Node 20 optimises JavaScript so early that a run of a second spends a third of its work on code that it leaves soon after (docs/startup.md).
// Later ones do not know this flag, and would say so on stderr.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=600000');

// The parser of the command line refuses to be loaded by a Node that is older than this variable of its developers says.
delete process.env['YARGS_MIN_NODE_VERSION'];

const interruption = new AbortController();
// Many lines may wait for their reader at once, and each of them ends when the run is interrupted: Node would take that for a leak.
setMaxListeners(0, interruption.signal);
const streams = {
  stdin: () => process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signal = (typeof SIGNALS)[number];
/** Whether the run has come to its end, and only its output may still be waiting. */
let isDone = false;

/** The first signal stops what is under way and cleans up; a second one does not wait for that, nor does one while only the output is unread. */
function interrupt(signal: Signal): void {
  if (interruption.signal.aborted || isDone) leave(signal);
  process.exitCode = EXIT_OF_SIGNAL[signal];
  leaveSoon = () => leave(signal);
  interruption.abort();
}
/** What ends an interrupted run that has cleaned up. */
let leaveSoon: (() => void) | undefined;

/** Ends the program, as far as Node can: it waits for threads, and a name server or a dead disk may keep one. Then the system ends it. */
function leave(signal: Signal): void {
  const isKept = process.getActiveResourcesInfo().some((each) => /^(?:GetAddrInfoReq|FSReq)/.test(each));
  if (!isKept) process.exit(EXIT_OF_SIGNAL[signal]);
  for (const each of SIGNALS) process.off(each, interrupt);
  process.kill(process.pid, signal);
}
function listen(): void {
  for (const signal of SIGNALS) process.on(signal, interrupt);
}
listen();

// While this thread is busy no handler can run, and nothing is there to clean up: then a signal ends the program as it ends any other.
runHeavyWorkBy((work) => {
  interruption.signal.throwIfAborted();
  for (const signal of SIGNALS) process.off(signal, interrupt);
  try {
    return work();
  } finally {
    listen();
  }
});

// The reader of our output may stop reading: `pullpin … | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_OF_SIGNAL.SIGPIPE);
  new Report(streams, 'normal').failure(new PullpinError(`stdout cannot be written: ${writeReason(error)}`));
  process.exit(EXIT.failure);
});
// If no program reads stderr, there is no way left to report anything.
process.stderr.on('error', () => {});

// Node ends when nothing is left to wait for; a run that has not come to its end by then must not look like success.
process.once('exit', (code) => {
  if (isDone || code !== EXIT.done) return;
  new Report(streams, 'normal').failure(new Error('the run stopped before its end'));
  process.exitCode = EXIT.failure;
});

async function main(): Promise<void> {
  try {
    const machine = fromProcess();
    const { run } = await import('./cli/program.js');
    const context: Context = Object.assign(streams, machine, { signal: interruption.signal });
    const code = await run(process.argv.slice(2), context);
    process.exitCode ??= code;
  } catch (error) {
    if (interruption.signal.aborted) reportInterruption();
    else new Report(streams, isVerbose() ? 'verbose' : 'normal').failure(error);
    process.exitCode ??= exitCodeOf([error]);
  }
  isDone = true;
  // Node would wait until somebody has read the rest of the output, or a name server has answered. The timer alone does not keep it from ending.
  if (leaveSoon) setTimeout(leaveSoon, PATIENCE).unref();
}

/** What ends early writes no file: output is written when it is complete, and a bump takes back what it has written. */
function reportInterruption(): void {
  // The terminal shows ^C.
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const isCut = process.stdout.writableLength > 0;
  process.stderr.write(
    `pullpin: interrupted; ${isCut ? 'its output was not read to the end' : 'nothing was written'}\n`,
  );
}

function isVerbose(): boolean {
  return process.argv.includes('-v') || process.argv.includes('--verbose');
}

void main();

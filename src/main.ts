#!/usr/bin/env node
import module from 'node:module';
import process from 'node:process';
import type { Context } from './cli/terminal/context.js';
import { EXIT, exitCodeOf } from './cli/terminal/exit-code.js';
import { Report } from './cli/terminal/report.js';
import { PullpinError } from './errors.js';
import { fromProcess } from './machine/machine.js';

// Node 22 and later keep compiled code between runs, if they may.
if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') module.enableCompileCache();

const interruption = new AbortController();
const context: Context = {
  ...fromProcess(),
  // To open it takes several milliseconds, and hardly a command reads it.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
};

// The first interruption ends what is under way and cleans up; a second one does not wait for that.
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.exitCode = codes[signal];
    interruption.abort();
    process.once(signal, () => process.exit(codes[signal]));
  });
}

// Whoever reads our output may stop reading: `pullpin … | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141);
  new Report(context, 'normal').failure(new PullpinError(`stdout cannot be written: ${error.message}`));
  process.exit(EXIT.failure);
});
// Where nobody listens, nothing can be told.
process.stderr.on('error', () => {});

let isDone = false;
// Node ends when nothing is left to wait for; a run that has not come to its end by then must not look like success.
process.once('exit', (code) => {
  if (isDone || code !== EXIT.done) return;
  new Report(context, 'normal').failure(new Error('the run stopped before its end'));
  process.exitCode = EXIT.failure;
});

async function main(): Promise<void> {
  try {
    const { run } = await import('./cli/program.js');
    const code = await run(process.argv.slice(2), context);
    process.exitCode ??= code;
  } catch (error) {
    if (!interruption.signal.aborted) new Report(context, isVerbose() ? 'verbose' : 'normal').failure(error);
    process.exitCode ??= exitCodeOf([error]);
  }
  isDone = true;
}

function isVerbose(): boolean {
  return process.argv.includes('-v') || process.argv.includes('--verbose');
}

void main();

import { Readable, Writable } from 'node:stream';
import { run } from '../../src/cli/program.js';
import type { Context } from '../../src/cli/terminal/context.js';
import { exitCodeOf } from '../../src/cli/terminal/exit-code.js';
import { Report } from '../../src/cli/terminal/report.js';
import { temporaryFolder } from './temporary-folder.js';

/** A context of streams that remember what was written, in a folder of its own. */
export interface TestContext extends Context {
  readonly said: { stdout: string; stderr: string };
}

export function testContext(
  changes: Partial<Omit<Context, 'stdin'>> & { readonly stdin?: string; readonly terminal?: boolean } = {},
): TestContext {
  const said = { stdout: '', stderr: '' };
  const writable = (name: keyof typeof said) =>
    Object.assign(
      new Writable({
        write: (chunk, _, done) => {
          said[name] += chunk;
          done();
        },
      }),
      { isTTY: changes.terminal ?? false, columns: 80 },
    );
  const folder = temporaryFolder();
  const stdin = Readable.from(changes.stdin === undefined ? [] : [changes.stdin]);
  return {
    environment: {},
    home: folder,
    folder,
    temporaryFolder: folder,
    platform: process.platform,
    uid: process.getuid?.(),
    stdout: writable('stdout'),
    stderr: writable('stderr'),
    signal: new AbortController().signal,
    ...changes,
    stdin: () => stdin,
    said,
  };
}

/** Runs the program as its executable does, in this process; how it ended. */
export async function runInProcess(
  args: readonly string[],
  context: TestContext = testContext(),
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  let exitCode: number;
  try {
    exitCode = await run(args, context);
  } catch (error) {
    new Report(context, 'normal').failure(error);
    exitCode = exitCodeOf([error]);
  }
  return { exitCode, ...context.said };
}

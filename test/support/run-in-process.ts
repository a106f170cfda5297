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

/** Runs a command, and gives what it had printed before it printed a text for the first time; empty when it never did. */
export async function printedBefore(text: string, words: readonly string[], context: TestContext): Promise<string> {
  let before: string | undefined;
  const write = context.stdout.write.bind(context.stdout);
  context.stdout.write = ((chunk: string, done: () => void) => {
    if (chunk.includes(text)) before ??= context.said.stdout;
    return write(chunk, done);
  }) as typeof context.stdout.write;
  await runInProcess(words, context);
  return before ?? '';
}

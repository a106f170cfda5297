import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS, DEFAULT_COMMAND } from './commands.js';
import { withSettings } from './config/with-settings.js';
import { COMMON } from './options/general.js';
import { type HelpRequest, readRequest } from './request.js';
import type { Context } from './terminal/context.js';
import { EXIT } from './terminal/exit-code.js';
import { writeOutput } from './terminal/output.js';

/**
 * Runs the program on its arguments and returns its exit code. Throws a PullpinError for what the user can correct; anything else that is
 * thrown is a bug.
 */
export async function run(args: readonly string[], context: Context): Promise<number> {
  if (args.length === 0) {
    // A question, but a script that forgot its words must not take the help for an answer.
    await writeHelp({ asks: 'help', command: undefined, isLong: false }, { ...context, stdout: context.stderr });
    return EXIT.usage;
  }
  const request = readRequest(args);
  if (request.asks === 'run') {
    const { command, words } = request;
    const isTyped = (name: string): boolean => Object.hasOwn(request.raw, name);
    return command.run(await withSettings(command.options, request.raw, context), words, context, isTyped);
  }
  if (request.asks === 'version') await writeOutput(`${packageJson.version}\n`, undefined, context);
  else await writeHelp(request, context);
  return EXIT.done;
}

async function writeHelp({ command, isLong }: HelpRequest, context: Context): Promise<void> {
  const { commandHelp, helpWidth, programHelp } = await import('./help/help.js');
  const width = helpWidth(context.stdout);
  const source = {
    commands: COMMANDS.map(({ options }) => options),
    defaultCommand: DEFAULT_COMMAND.options,
    common: COMMON,
  };
  const text = command ? commandHelp(command.options, source, isLong, width) : programHelp(source, isLong, width);
  await writeOutput(text, undefined, context);
}

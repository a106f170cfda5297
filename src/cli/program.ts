import packageJson from '../../package.json' with { type: 'json' };
import { withSettings } from './config/with-settings.js';
import { HELP_SOURCE } from './help-source.js';
import { type HelpRequest, readRequest } from './request.js';
import type { Context } from './terminal/context.js';
import { EXIT } from './terminal/exit-code.js';
import { writeOutput } from './terminal/output.js';

/** The first word that the executable `nix-prefetch-docker` adds to its words. */
const NIX_PREFETCH_DOCKER = '__nix-prefetch-docker';
/** The hidden command that the scripts of `pullpin completion` call. */
const COMPLETE = '__complete';

/**
 * Runs the program with its arguments and returns its exit code. Throws a PullpinError for a mistake that the user can correct. Any other
 * error is a bug.
 */
export async function run(args: readonly string[], context: Context): Promise<number> {
  if (args.length === 0) {
    // Without words, pullpin shows the help, but the exit code is not 0: a script that forgot its arguments must notice.
    await writeHelp({ asks: 'help', command: undefined, isLong: false }, { ...context, stdout: context.stderr });
    return EXIT.usage;
  }
  if (args[0] === COMPLETE) {
    const { complete } = await import('./completion/complete.js');
    await writeOutput(await complete(args.slice(1), HELP_SOURCE, context), undefined, context);
    return EXIT.done;
  }
  if (args[0] === NIX_PREFETCH_DOCKER) {
    const { runNixPrefetchDocker } = await import('./nix-prefetch-docker/run.js');
    return runNixPrefetchDocker(args.slice(1), context);
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
  const text = command
    ? commandHelp(command.options, HELP_SOURCE, isLong, width)
    : programHelp(HELP_SOURCE, isLong, width);
  await writeOutput(text, undefined, context);
}

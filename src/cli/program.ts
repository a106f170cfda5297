import yargs from 'yargs';
import packageJson from '../../package.json' with { type: 'json' };
import { PullpinError, UsageError } from '../errors.js';
import { addBumpCommand } from './commands/bump/options.js';
import { addCacheCommand } from './commands/cache/options.js';
import { addDigestCommand } from './commands/digest/options.js';
import { addInspectCommand } from './commands/inspect/options.js';
import { addListCommand } from './commands/list/options.js';
import { addPinCommand } from './commands/pin/options.js';
import { addTagsCommand } from './commands/tags/options.js';
import { refuseMisspelled } from './nearest-command.js';
import type { Context, Run, Start } from './terminal/context.js';
import { EXIT } from './terminal/exit-code.js';
import { usageMessage } from './usage-message.js';

/**
 * Runs the program on its arguments and returns its exit code. Throws a PullpinError for what the user can mend; anything else that is
 * thrown is a bug.
 */
export async function run(args: readonly string[], context: Context): Promise<number> {
  refuseMisspelled(args);
  const plan: { run?: Run } = {};
  const printed = await parse(args, (run) => {
    plan.run = run;
  });
  if (plan.run) return plan.run(context);
  const isAsked = args.length > 0;
  (isAsked ? context.stdout : context.stderr).write(`${printed}\n`);
  return isAsked ? EXIT.done : EXIT.usage;
}

/** Reads the arguments, which makes the chosen command call `start`; returns what is to be printed otherwise: help or the version. */
async function parse(args: readonly string[], start: Start): Promise<string> {
  const parser = yargs()
    .scriptName('pullpin')
    .usage('Pin container images for Nix.\n\n  $0 [pin] IMAGE...')
    .locale('en')
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'greedy-arrays': false,
      'dot-notation': false,
      // Otherwise yargs drops the `-` of stdin.
      'unknown-options-as-args': true,
    })
    .strict()
    .version(packageJson.version)
    .alias('help', 'h')
    .wrap(110)
    .exitProcess(false)
    .epilogue(
      'Exit codes: 0 done, 1 failure, 2 usage, 3 changes needed, 4 authentication, 5 not found, 6 rate limited.',
    )
    .fail((message, error) => {
      if (error instanceof PullpinError) throw error;
      // What yargs finds fault with comes as a message, or as an error of its own class.
      if (error && error.name !== 'YError') throw error;
      throw new UsageError(`${usageMessage(message ?? error.message)}; see pullpin --help`);
    });
  addPinCommand(parser, start);
  addBumpCommand(parser, start);
  addListCommand(parser, start);
  addDigestCommand(parser, start);
  addInspectCommand(parser, start);
  addTagsCommand(parser, start);
  addCacheCommand(parser, start);
  if (args.length === 0) return parser.getHelp();
  // yargs loses what follows `--`; no image or option value needs it.
  const words = args.filter((arg) => arg !== '--');
  return new Promise((resolve, reject) => {
    parser.parse(words, {}, (error: unknown, _: unknown, output: string) => (error ? reject(error) : resolve(output)));
  });
}

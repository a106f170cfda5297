import { BUMP } from './commands/bump/options.js';
import { CACHE_COMMAND } from './commands/cache/options.js';
import { CHECK } from './commands/check/options.js';
import { COMPLETION } from './commands/completion/options.js';
import { CONFIG } from './commands/config/options.js';
import { DIGEST } from './commands/digest/options.js';
import { DOCTOR } from './commands/doctor/options.js';
import { EXPLAIN } from './commands/explain/options.js';
import { INSPECT } from './commands/inspect/options.js';
import { LIST } from './commands/list/options.js';
import { LOCK } from './commands/lock/options.js';
import { PIN } from './commands/pin/options.js';
import { TAGS } from './commands/tags/options.js';
import { TEMPLATES_COMMAND } from './commands/templates/options.js';
import { type CommandOptions, type Groups, parseSettings, type SettingsOf } from './options/command.js';
import type { IsTyped, RawOptions } from './options/option.js';
import type { Context } from './terminal/context.js';

/** A command that can be run. */
export interface Command {
  readonly options: CommandOptions;
  /** Reads the words, runs the command and returns the exit code. Throws a PullpinError. */
  run(raw: RawOptions, words: readonly string[], context: Context, isTyped: IsTyped): Promise<number>;
}

type Run<Options> = (settings: SettingsOf<Options>, context: Context) => Promise<number>;

/** Joins a command's options and its run. The code of the run is loaded only after the words have been read without a mistake. */
function command<OwnGroups extends Groups, OwnOperands>(
  options: CommandOptions<OwnGroups, OwnOperands>,
  load: () => Promise<Run<CommandOptions<OwnGroups, OwnOperands>>>,
): Command {
  return {
    options,
    run: async (raw, words, context, isTyped) => {
      const settings = parseSettings(options, raw, words, isTyped);
      const run = await load();
      return run(settings, context);
    },
  };
}

const PIN_COMMAND = command(PIN, async () => (await import('./commands/pin/run.js')).runPin);

/** The commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  PIN_COMMAND,
  command(BUMP, async () => (await import('./commands/bump/run.js')).runBump),
  command(CHECK, async () => (await import('./commands/check/run.js')).runCheck),
  command(LIST, async () => (await import('./commands/list/run.js')).runList),
  command(LOCK, async () => (await import('./commands/lock/run.js')).runLock),
  command(DIGEST, async () => (await import('./commands/digest/run.js')).runDigest),
  command(INSPECT, async () => (await import('./commands/inspect/run.js')).runInspect),
  command(TAGS, async () => (await import('./commands/tags/run.js')).runTags),
  command(TEMPLATES_COMMAND, async () => (await import('./commands/templates/run.js')).runTemplates),
  command(EXPLAIN, async () => (await import('./commands/explain/run.js')).runExplain),
  command(DOCTOR, async () => (await import('./commands/doctor/run.js')).runDoctor),
  command(CONFIG, async () => (await import('./commands/config/run.js')).runConfig),
  command(COMPLETION, async () => (await import('./commands/completion/run.js')).runCompletion),
  command(CACHE_COMMAND, async () => (await import('./commands/cache/run.js')).runCache),
];

/** The command for words that name no command: `pullpin redis:7.4`. */
export const DEFAULT_COMMAND = PIN_COMMAND;

import { SCRIPTS } from '../../completion/scripts.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { writeOutput } from '../../terminal/output.js';
import type { CompletionSettings } from './options.js';

export async function runCompletion({ operands: shell }: CompletionSettings, context: Context): Promise<number> {
  await writeOutput(SCRIPTS[shell], undefined, context);
  return EXIT.done;
}

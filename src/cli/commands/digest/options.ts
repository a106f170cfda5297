import type { Argv } from 'yargs';
import {
  JSON_OPTION,
  type JsonOption,
  RUN_OPTIONS,
  type RunOptions,
  withImages,
  withOptions,
} from '../../options/options.js';
import type { Start } from '../../terminal/context.js';

export type DigestArguments = { image: string[] } & JsonOption & RunOptions;

/** `pullpin digest IMAGE...` */
export function addDigestCommand(parser: Argv, start: Start): Argv {
  return parser.command<DigestArguments>({
    command: 'digest [image..]',
    describe: 'Print what a tag resolves to: one HEAD request, one line',
    builder: (yargs) =>
      withImages(withOptions(yargs, { ...JSON_OPTION, ...RUN_OPTIONS })).example('$0 digest redis:7.4', 'sha256:…'),
    handler: (argv) => start(async (context) => (await import('./run.js')).runDigest(argv, context)),
  });
}

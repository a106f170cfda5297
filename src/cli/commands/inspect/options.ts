import type { Argv } from 'yargs';
import {
  JSON_OPTION,
  type JsonOption,
  PLATFORM_OPTIONS,
  type PlatformOptions,
  RUN_OPTIONS,
  type RunOptions,
  text,
  withImages,
  withOptions,
} from '../../options/options.js';
import type { Start } from '../../terminal/context.js';

export type InspectArguments = { image: string[]; from: string | undefined } & JsonOption &
  PlatformOptions &
  RunOptions;

/** `pullpin inspect IMAGE` */
export function addInspectCommand(parser: Argv, start: Start): Argv {
  return parser.command<InspectArguments>({
    command: 'inspect [image..]',
    describe: 'Show digest, platforms, layers, age and labels of an image, without its layers',
    builder: (yargs) =>
      withImages(
        withOptions(yargs, {
          ...JSON_OPTION,
          from: { ...text, describe: 'Read the image from oci:FOLDER[:TAG]' },
          ...PLATFORM_OPTIONS,
          ...RUN_OPTIONS,
        }),
      ).example('$0 inspect redis:7.4', 'What is behind a tag'),
    handler: (argv) => start(async (context) => (await import('./run.js')).runInspect(argv, context)),
  });
}

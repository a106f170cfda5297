import type { Argv } from 'yargs';
import {
  PLATFORM_OPTIONS,
  type PlatformOptions,
  RUN_OPTIONS,
  type RunOptions,
  withImages,
  withOptions,
} from '../../options/options.js';
import { PIN_OPTIONS, type PinOptions, RENDER_OPTIONS } from '../../options/pin-options.js';
import type { Start } from '../../terminal/context.js';

export type PinArguments = { image: string[] } & PinOptions & PlatformOptions & RunOptions;

/** `pullpin pin IMAGE...`, which is also `pullpin IMAGE...`. */
export function addPinCommand(parser: Argv, start: Start): Argv {
  return parser.command<PinArguments>({
    command: ['pin [image..]', '$0 [image..]'],
    describe: 'Pin images: print Nix code with digest and hash',
    builder: (yargs) =>
      withImages(withOptions(yargs, { ...RENDER_OPTIONS, ...PIN_OPTIONS, ...PLATFORM_OPTIONS, ...RUN_OPTIONS }))
        .example('$0 redis:7.4', 'A block for dockerTools.pullImage')
        .example('$0 --system aarch64-linux ghcr.io/x/y:1.2', 'The same for another system')
        .example('$0 --json redis:7.4 nginx:1.27', 'Several images, for a script')
        .example('$0 --from oci:result registry.example/app:1', 'An image that is not pushed yet'),
    handler: (argv) => start(async (context) => (await import('./run.js')).runPin(argv, context)),
  });
}

import type { Argv, InferredOptionTypes, Options } from 'yargs';
import { printable, UsageError } from '../../errors.js';
import type { Loudness } from '../terminal/report.js';

/** An option with a value of its own. */
export const text = { type: 'string', requiresArg: true } as const;
const texts = { type: 'array', string: true, requiresArg: true } as const;
const flag = { type: 'boolean' } as const;

/** Of every command. */
export const GENERAL_OPTIONS = {
  quiet: { ...flag, alias: 'q', group: 'General:', describe: 'Say nothing but what failed' },
  verbose: {
    ...flag,
    alias: 'v',
    group: 'General:',
    conflicts: 'quiet',
    describe: 'Tell requests and the causes of failures',
  },
} as const satisfies Record<string, Options>;

/** Of every command that asks registries. */
export const REGISTRY_OPTIONS = {
  insecure: {
    ...texts,
    group: 'Registries:',
    describe: 'A registry, HOST[:PORT], that may speak plain HTTP or show any certificate',
  },
  authfile: { ...text, group: 'Registries:', describe: 'A file with credentials, as docker and podman write it' },
  'creds-stdin': { ...flag, group: 'Registries:', describe: 'Read USERNAME:PASSWORD from stdin' },
  'creds-registry': { ...text, group: 'Registries:', describe: 'The registry that the given credentials are for' },
  'ca-file': { ...text, group: 'Registries:', describe: 'Certificates (PEM) to trust beside the usual ones' },
  'registry-map': {
    ...texts,
    group: 'Registries:',
    describe: 'Look FROM=TO up instead, such as docker.io=mirror.example/hub',
  },
  'tags-from-mirrors': {
    ...flag,
    group: 'Registries:',
    describe: 'Believe mirrors about tags, too, not only about digests',
  },
  retries: { ...text, group: 'Registries:', describe: 'How often a request that failed is repeated (4)' },
  concurrency: { ...text, group: 'Registries:', describe: 'Requests at one registry at a time (8)' },
  cache: {
    ...flag,
    default: true,
    group: 'Registries:',
    describe: 'Use what earlier runs found out; --no-cache does not',
  },
  'resume-cache': {
    ...flag,
    group: 'Registries:',
    describe: 'Keep what later images on the same layers can go on from, even where it slows a fast download down',
  },
} as const satisfies Record<string, Options>;

/** Of the commands that look at one platform. */
export const PLATFORM_OPTIONS = {
  platform: {
    ...texts,
    group: 'Platform:',
    describe: 'OS/ARCH[/VARIANT], such as linux/arm64 (linux/amd64); repeatable',
  },
  system: { ...texts, group: 'Platform:', describe: 'The same by its Nix name, such as aarch64-linux; repeatable' },
  os: { ...text, group: 'Platform:', describe: 'The operating system' },
  arch: { ...text, group: 'Platform:', describe: 'The architecture' },
} as const satisfies Record<string, Options>;

/** Of every command that asks registries: where, and how much it says. */
export const RUN_OPTIONS = { ...REGISTRY_OPTIONS, ...GENERAL_OPTIONS } as const satisfies Record<string, Options>;

/** Of every command that prints an answer. */
export const JSON_OPTION = {
  json: { ...flag, group: 'Output:', describe: 'Print JSON, as docs/json.md describes it' },
} as const satisfies Record<string, Options>;

export type GeneralOptions = InferredOptionTypes<typeof GENERAL_OPTIONS>;
export type RegistryOptions = InferredOptionTypes<typeof REGISTRY_OPTIONS>;
export type PlatformOptions = InferredOptionTypes<typeof PLATFORM_OPTIONS>;
export type RunOptions = InferredOptionTypes<typeof RUN_OPTIONS>;
export type JsonOption = InferredOptionTypes<typeof JSON_OPTION>;

/** Says that an option was given twice that can be given once; yargs would make a list of it. */
export function refuseRepeated(argv: Record<string, unknown>, options: Record<string, Options>): void {
  const repeated = Object.keys(options).find((name) => options[name]?.type !== 'array' && Array.isArray(argv[name]));
  if (repeated) throw new UsageError(`--${repeated} was given more than once`);
}

/** An option that is a whole number. Throws a UsageError. */
export function wholeNumber(
  name: string,
  value: string | undefined,
  lowest: number,
  highest: number,
): number | undefined {
  if (value === undefined) return undefined;
  const number = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= lowest && number <= highest) return number;
  throw new UsageError(`--${name} is a whole number from ${lowest} to ${highest}, not '${value}'`);
}

export function loudnessOf({ quiet, verbose }: GeneralOptions): Loudness {
  if (quiet) return 'quiet';
  return verbose ? 'verbose' : 'normal';
}

/** Adds options of which a repeated one is refused. */
export function withOptions<Known, Added extends Record<string, Options>>(argv: Argv<Known>, options: Added) {
  return argv.options(options).check((values) => {
    refuseRepeated(values, options);
    return true;
  }, false);
}

/** Adds the images that a command is about; that there is one is checked when all options are known. */
export function withImages<Known>(argv: Argv<Known>) {
  return argv
    .positional('image', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'none',
      describe: '[REGISTRY/]REPOSITORY[:TAG][@DIGEST]; - reads them from stdin',
    })
    .check(({ image = [] }) => {
      refuseOptions(image);
      return true;
    }, false);
}

/** Adds the files and folders that a command looks into. */
export function withPaths<Known>(argv: Argv<Known>) {
  return argv
    .positional('path', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'what git knows below here',
      describe: 'Nix and JSON files, and folders that hold some; - is stdin',
    })
    .check(({ path = [] }) => {
      refuseOptions(path);
      return true;
    }, false);
}

/** Unknown options arrive among the positional arguments. Throws a UsageError. */
function refuseOptions(words: readonly string[]): void {
  const option = words.find((word) => /^-./.test(word));
  if (option !== undefined)
    throw new UsageError(`there is no option ${printable(option.replace(/=.*$/s, ''))}; see pullpin --help`);
}

import { printable, UsageError } from '../../errors.js';
import { didYouMean } from '../../suggestion.js';

/** The request that the words of `nix-prefetch-docker` make. */
export interface PrefetchWords {
  readonly os: string;
  readonly arch: string;
  readonly imageName: string;
  readonly imageTag: string;
  /** Undefined for the digest that the tag has now. */
  readonly imageDigest: string | undefined;
  readonly finalImageName: string;
  readonly finalImageTag: string;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
}

/** The usage text; the words are those of the original (nixpkgs, pkgs/build-support/docker/nix-prefetch-docker). */
export const USAGE = `syntax: nix-prefetch-docker [options] [IMAGE_NAME [IMAGE_TAG|IMAGE_DIGEST]]

Options:
      --os OS                   Operating system of the image; linux without it
      --arch ARCH               Architecture of the image; amd64 without it
      --image-name NAME         Name of the image
      --image-tag TAG           Tag of the image; latest without it
      --image-digest DIGEST     Digest of the image; what the tag has now without it
      --final-image-name NAME   Name inside the archive
      --final-image-tag TAG     Tag inside the archive
      --json                    Print JSON in place of Nix
      --quiet                   Print nothing on stderr
`;

const FLAGS = ['--json', '--quiet', '--help'];
const VALUES = [
  ...['--os', '--arch', '--image-name', '--image-tag', '--image-digest', '--final-image-name', '--final-image-tag'],
] as const;
type ValueOption = (typeof VALUES)[number];

/**
 * Reads the words as the original does: options may stand anywhere, and a second word is a digest if it looks like one, otherwise a tag.
 * Undefined when the user asks for help. Throws a UsageError.
 */
export function readPrefetchWords(words: readonly string[]): PrefetchWords | undefined {
  const { values, flags, operands } = sort(words);
  if (flags.has('--help')) return undefined;
  const [name, tagOrDigest, ...others] = operands;
  if (others.length > 0) throw new UsageError(`'${printable(others[0] ?? '', 100)}' is one argument too many`);
  const isDigest = tagOrDigest?.includes('sha256') ?? false;
  const imageName = values.get('--image-name') ?? name;
  if (!imageName) throw new UsageError('name an image, such as nix-prefetch-docker redis 7.4');
  refuseTag(imageName, values.has('--image-name'));
  const imageTag = values.get('--image-tag') ?? (isDigest ? undefined : tagOrDigest);
  return {
    os: values.get('--os') || 'linux',
    arch: values.get('--arch') || 'amd64',
    imageName,
    imageTag: imageTag || 'latest',
    imageDigest: (values.get('--image-digest') ?? (isDigest ? tagOrDigest : undefined)) || undefined,
    finalImageName: values.get('--final-image-name') || imageName,
    finalImageTag: values.get('--final-image-tag') || imageTag || 'latest',
    isJson: flags.has('--json'),
    isQuiet: flags.has('--quiet'),
  };
}

function sort(words: readonly string[]) {
  const values = new Map<ValueOption, string>();
  const flags = new Set<string>();
  const operands: string[] = [];
  let waiting: ValueOption | undefined;
  for (const word of words) {
    const option = VALUES.find((each) => each === word);
    const [inline, value] = inlineValue(word);
    if (waiting) {
      values.set(waiting, word);
      waiting = undefined;
    } else if (option) waiting = option;
    else if (inline) values.set(inline, value);
    else if (FLAGS.includes(word)) flags.add(word);
    else if (word === '-h') flags.add('--help');
    else if (word.startsWith('-')) throw unknownOption(word);
    else operands.push(word);
  }
  if (waiting) throw new UsageError(`${waiting} needs a value`);
  return { values, flags, operands };
}

/** `--arch=arm64`, as other programs take it. */
function inlineValue(word: string): readonly [ValueOption | undefined, string] {
  const [, name, value = ''] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
  return [VALUES.find((each) => each === name), value];
}

function unknownOption(word: string): UsageError {
  const typed = word.replace(/=.*$/s, '');
  const known = [...VALUES, ...FLAGS].map((each) => each.slice(2));
  const hint = didYouMean(typed.replace(/^-+/, ''), known, '--') || '; see nix-prefetch-docker --help';
  return new UsageError(`there is no option ${printable(typed, 100)}${hint}`);
}

/** The original takes the tag and the digest as a word of their own. Throws a UsageError for `redis:7.4`. */
function refuseTag(imageName: string, isOption: boolean): void {
  const [, name, tag, digest] = /^([^@]+?)(?::([^:/@]*))?(?:@(.*))?$/s.exec(imageName) ?? [];
  if (name === undefined || (tag === undefined && digest === undefined)) return;
  const [kind, value] = digest === undefined ? (['tag', tag ?? ''] as const) : (['digest', digest] as const);
  const words = isOption ? `--image-name ${name} --image-${kind} ${value}` : `${name} ${value}`;
  throw new UsageError(
    `'${printable(imageName, 200)}' has its ${kind} in it: write nix-prefetch-docker ${printable(words, 200)}`,
  );
}

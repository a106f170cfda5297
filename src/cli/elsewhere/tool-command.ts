import { commandElsewhere } from './other-commands.js';

/** Commands of other tools that are one of pullpin when an image or a repository stands behind them, and the words of pullpin in front of it. */
const WITH_IMAGE: Readonly<Record<string, string>> = {
  bump: 'bump ',
  config: 'inspect ',
  digest: 'digest ',
  info: 'inspect ',
  inspect: 'inspect ',
  list: 'tags ',
  'list-tags': 'tags ',
  ls: 'tags ',
  manifest: 'inspect ',
  outdated: 'check ',
  pin: '',
  refresh: 'bump ',
  resolve: 'digest ',
  search: 'tags ',
  show: 'inspect ',
  tags: 'tags ',
  up: 'bump ',
  update: 'bump ',
  upgrade: 'bump ',
};

/** Commands whose own line says more than which image to pin. */
const WITHOUT_IMAGE: ReadonlySet<string> = new Set([
  ...[
    'build',
    'check',
    'delete',
    'freeze',
    'init',
    'login',
    'logout',
    'push',
    'remove',
    'rm',
    'run',
    'unfreeze',
    'verify',
  ],
]);

/** Words that only choose what the command behind them is about: `docker image inspect`, `crane manifest`, `gh pr list`. */
const SUBJECTS: ReadonlySet<string> = new Set([
  'image',
  'images',
  'manifest',
  'buildx',
  'imagetools',
  'container',
  'tag',
  'repo',
  'flake',
  'pr',
]);

/** Tools whose whole command lines people paste. */
const TOOLS: ReadonlySet<string> = new Set([
  ...['docker', 'podman', 'nerdctl', 'buildah', 'skopeo', 'crane', 'regctl', 'oras', 'gh', 'ncu', 'renovate'],
  ...['nix', 'nix-prefetch', 'nix-prefetch-docker', 'nix-update', 'npins', 'niv', 'nvfetcher'],
]);

/** Whether a word is the name of a tool. Such a word may also name an image; when it stands alone, it does. */
export function isTool(word: string): boolean {
  return TOOLS.has(word);
}

/** What to write for the command line of another tool: `docker inspect redis`, without its options. */
export function toolElsewhere(tool: string, words: readonly string[]): string {
  if (tool === 'nix-prefetch-docker')
    return 'write it without pullpin in front, for pullpin has a program of that name';
  const verbs = verbsOf(words);
  const verb = verbs.findLast((word) => !SUBJECTS.has(word)) ?? verbs.at(-1) ?? '';
  const image = imageIn(words);
  const elsewhere = commandElsewhere(verb);
  if (elsewhere !== undefined && (image === undefined || WITHOUT_IMAGE.has(verb))) return elsewhere;
  if (image !== undefined) return `write pullpin ${Object.hasOwn(WITH_IMAGE, verb) ? WITH_IMAGE[verb] : ''}${image}`;
  return verb === 'list' ? 'write pullpin list' : 'write pullpin IMAGE';
}

/** Options of tools that take the next word as their value. */
const WITH_VALUE = /^(?:--(?:arch|creds|env|format|name|network|os|override-\w+|platform|publish|volume)|-[efpv])$/;

/** Whether the words behind a tool begin with what it is to do. */
export function hasVerb(words: readonly string[]): boolean {
  return verbsOf(words).length > 0;
}

/** The image that the words behind a tool are about. */
export function imageIn(words: readonly string[]): string | undefined {
  const images = words
    .slice(verbsOf(words).length)
    .filter((_, at, all) => !WITH_VALUE.test(all[at - 1] ?? ''))
    .map((word) => word.replace(/^docker:\/\//, ''));
  return images.find((word) => /^[^:-][^:]*[:/]/.test(word) && !/^[a-z-]+:[^\d]/.test(word)) ?? images.at(-1);
}

/** The words in front that say what the tool is to do. */
function verbsOf(words: readonly string[]): readonly string[] {
  const end = words.findIndex(
    (word) => !Object.hasOwn(WITH_IMAGE, word) && commandElsewhere(word) === undefined && !SUBJECTS.has(word),
  );
  return end < 0 ? words : words.slice(0, end);
}

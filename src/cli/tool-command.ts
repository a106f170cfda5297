import { commandElsewhere } from './other-tools.js';

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
    'freeze',
    'init',
    'login',
    'logout',
    'push',
    'remove',
    'rm',
    'delete',
    'run',
    'unfreeze',
    'verify',
    'check',
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
  const isVerb = (word: string): boolean =>
    Object.hasOwn(WITH_IMAGE, word) || commandElsewhere(word) !== undefined || SUBJECTS.has(word);
  const end = words.findIndex((word) => !isVerb(word));
  const verbs = end < 0 ? words : words.slice(0, end);
  const verb = verbs.findLast((word) => !SUBJECTS.has(word)) ?? verbs.at(-1) ?? '';
  const images = words.slice(verbs.length).map((word) => word.replace(/^docker:\/\//, ''));
  const image = images.find((word) => /^[^:]+[:/]/.test(word) && !/^[a-z-]+:[^\d]/.test(word)) ?? images.at(-1);
  const elsewhere = commandElsewhere(verb);
  if (elsewhere !== undefined && (image === undefined || WITHOUT_IMAGE.has(verb))) return elsewhere;
  if (image !== undefined) return `write pullpin ${Object.hasOwn(WITH_IMAGE, verb) ? WITH_IMAGE[verb] : ''}${image}`;
  return verb === 'list' ? 'write pullpin list' : 'write pullpin IMAGE';
}

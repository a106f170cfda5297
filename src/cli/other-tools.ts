/**
 * Commands of other tools that people type from habit (docker, skopeo, crane, npins, nix-update, npm-check-updates, gh), and the pullpin command
 * for each. pullpin refuses them with a line that names its own command, and does not look them up as images.
 */
const COMMANDS: Readonly<Record<string, string>> = {
  add: 'write pullpin pin IMAGE to print a pin, and paste it',
  build: 'pullpin builds nothing; nix build does, with a pin that pullpin pin IMAGE prints',
  copy: 'pullpin copies no images; write pullpin pin IMAGE to pin one',
  cp: 'pullpin copies no images; write pullpin pin IMAGE to pin one',
  create: 'write pullpin pin IMAGE to print a pin',
  delete: 'remove the pin from its file; pullpin list shows where it is',
  diff: 'write pullpin bump --diff --dry-run',
  doctor: 'pullpin list shows what can be followed, and pullpin check whether it can be pulled',
  download: 'write pullpin pin IMAGE; with --archive FILE the image is kept as well',
  edit: 'pins are edited in their files; pullpin list shows where they are',
  export: 'write pullpin pin IMAGE --archive FILE',
  fetch: 'write pullpin pin IMAGE',
  freeze: "write the comment '# pullpin: freeze' above the pin",
  get: 'write pullpin pin IMAGE',
  hash: 'write pullpin pin IMAGE, which prints the digest and the hash',
  image: 'write pullpin inspect IMAGE to see an image, or pullpin list to see the pins of a repository',
  images: 'write pullpin list to see the pins of a repository',
  info: 'write pullpin inspect IMAGE',
  init: 'there is nothing to set up; write pullpin pin IMAGE to print a pin, and pullpin list to see those of a repository',
  install: 'there is nothing to install; write pullpin pin IMAGE to print a pin',
  load: 'write pullpin pin IMAGE --archive FILE, and docker load -i FILE',
  lock: 'write pullpin pin IMAGE to print a pin, or pullpin bump to update those of a repository',
  login: 'pullpin uses what docker login or podman login keep',
  logout: 'pullpin uses what docker login or podman login keep',
  ls: 'write pullpin list',
  man: 'write man pullpin, or pullpin --help',
  manifest: 'write pullpin inspect IMAGE',
  new: 'write pullpin pin IMAGE to print a pin',
  outdated: 'write pullpin check',
  pins: 'write pullpin list',
  prefetch: 'write pullpin pin IMAGE',
  pull: 'write pullpin pin IMAGE',
  push: 'pullpin pushes no images; it pins those that are in a registry',
  refresh: 'write pullpin bump',
  remove: 'remove the pin from its file; pullpin list shows where it is',
  resolve: 'write pullpin digest IMAGE',
  rm: 'remove the pin from its file; pullpin list shows where it is',
  run: 'pullpin runs no images; write pullpin pin IMAGE to pin one',
  save: 'write pullpin pin IMAGE --archive FILE',
  search: 'write pullpin tags REPOSITORY to list tags',
  set: 'pins are edited in their files; pullpin list shows where they are',
  show: 'write pullpin inspect IMAGE to see an image, or pullpin list to see the pins of a repository',
  status: 'write pullpin list, or pullpin check to find out what is outdated',
  sync: 'write pullpin bump',
  'list-tags': 'write pullpin tags REPOSITORY',
  unfreeze: "remove the comment '# pullpin: freeze' above the pin",
  up: 'write pullpin bump',
  update: 'write pullpin bump',
  upgrade: 'write pullpin bump',
  verify: 'write pullpin check',
  version: 'write pullpin --version',
};

/** Options of other tools, and what to write here. */
const OPTIONS: Readonly<Record<string, string>> = {
  all: 'pullpin list and pullpin bump take all pins by themselves; for all platforms write --platform all',
  'all-arch': 'write --platform all',
  'all-platforms': 'write --platform all',
  'allow-insecure': 'write --insecure HOST',
  'cert-dir': 'write --ca-file FILE',
  color: 'set NO_COLOR or FORCE_COLOR',
  creds: 'write --creds-stdin, or set PULLPIN_USERNAME and PULLPIN_PASSWORD',
  debug: 'write --verbose',
  'dest-tls-verify': 'write --insecure HOST',
  f: 'there is nothing to force; omit it',
  filter: 'write --include GLOB',
  'final-image-name': 'write --final-name NAME',
  'final-image-tag': 'write --final-tag TAG',
  force: 'there is nothing to force; omit it',
  format: 'write --json, for Nix code --template NAME, for the hash --hash-format FORMAT',
  'image-digest': 'write IMAGE@DIGEST',
  'image-name': 'write the image itself, without an option',
  'image-tag': 'write IMAGE:TAG',
  'insecure-registry': 'write --insecure HOST',
  'insecure-skip-tls-verify': 'write --insecure HOST',
  j: 'write --concurrency N',
  jobs: 'write --concurrency N',
  k: 'write --insecure HOST',
  latest: "write pullpin bump --tags major, or a rule such as '# pullpin: ^1.27' above the pin",
  major: 'write pullpin bump --tags major',
  minor: 'write pullpin bump --tags minor',
  'override-arch': 'write --arch ARCH',
  'override-os': 'write --os OS',
  'override-variant': 'write --platform OS/ARCH/VARIANT',
  password: 'write --creds-stdin, or set PULLPIN_USERNAME and PULLPIN_PASSWORD',
  'password-stdin': 'write --creds-stdin',
  patch: 'write pullpin bump --tags patch',
  'plain-http': 'write --insecure HOST',
  raw: 'write --json',
  reject: 'write --exclude GLOB',
  'retry-times': 'write --retries N',
  silent: 'write --quiet',
  'src-tls-verify': 'write --insecure HOST',
  tag: 'write IMAGE:TAG',
  'tls-verify': 'write --insecure HOST',
  u: 'pins are updated by pullpin bump, and a login is read by --creds-stdin',
  upgrade: 'write pullpin bump',
  username: 'write --creds-stdin, or set PULLPIN_USERNAME and PULLPIN_PASSWORD',
  y: 'pullpin asks nothing, but with --interactive; omit it',
  yes: 'pullpin asks nothing, but with --interactive; omit it',
};

/** Tools whose whole command lines people paste. */
const TOOLS: ReadonlySet<string> = new Set([
  ...[
    'docker',
    'podman',
    'nerdctl',
    'skopeo',
    'crane',
    'regctl',
    'oras',
    'buildah',
    'nix-prefetch-docker',
    'npins',
    'ncu',
    'gh',
  ],
]);

/** Whether a word is the name of a tool. Such a word may also name an image; when it stands alone, it does. */
export function isTool(word: string): boolean {
  return TOOLS.has(word);
}

/** The pullpin command for a command of another tool; undefined for other words. */
export function commandElsewhere(word: string): string | undefined {
  return Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
}

/** What to write for an option of another tool; undefined for other names. */
export function optionElsewhere(name: string): string | undefined {
  return Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
}

/**
 * Commands of other tools that people type from habit (docker, skopeo, crane, npins, nix-update, npm-check-updates, gh), and what they are called here.
 * They are refused with that line rather than looked up as images.
 */
const COMMANDS: Readonly<Record<string, string>> = {
  add: 'write pullpin pin IMAGE to print a pin, and paste it',
  check: 'write pullpin bump --check',
  copy: 'pullpin copies no images; write pullpin pin IMAGE to pin one',
  fetch: 'write pullpin pin IMAGE',
  init: 'there is nothing to set up; write pullpin pin IMAGE to print a pin, and pullpin list to see those of a repository',
  install: 'there is nothing to install; write pullpin pin IMAGE to print a pin',
  login: 'pullpin uses what docker login or podman login keep',
  ls: 'write pullpin list',
  manifest: 'write pullpin inspect IMAGE',
  outdated: 'write pullpin bump --check',
  prefetch: 'write pullpin pin IMAGE',
  pull: 'write pullpin pin IMAGE',
  remove: 'remove the pin from its file; pullpin list shows where it is',
  resolve: 'write pullpin digest IMAGE',
  rm: 'remove the pin from its file; pullpin list shows where it is',
  search: 'write pullpin tags REPOSITORY to list tags',
  show: 'write pullpin inspect IMAGE to see an image, or pullpin list to see the pins of a repository',
  status: 'write pullpin list, or pullpin bump --check to find out what is outdated',
  sync: 'write pullpin bump',
  'list-tags': 'write pullpin tags REPOSITORY',
  update: 'write pullpin bump',
  upgrade: 'write pullpin bump',
  verify: 'write pullpin bump --check',
  version: 'write pullpin --version',
};

/** Options of other tools, and what to write here. */
const OPTIONS: Readonly<Record<string, string>> = {
  all: 'write --platform once for each platform',
  'all-platforms': 'write --platform once for each platform',
  'allow-insecure': 'write --insecure HOST',
  'cert-dir': 'write --ca-file FILE',
  color: 'set NO_COLOR or FORCE_COLOR',
  creds: 'write --creds-stdin, or set PULLPIN_USERNAME and PULLPIN_PASSWORD',
  'dest-tls-verify': 'write --insecure HOST',
  filter: 'write --include GLOB',
  'final-image-name': 'write --final-name NAME',
  'final-image-tag': 'write --final-tag TAG',
  format: 'write --json, or --template FILE',
  'image-digest': 'write IMAGE@DIGEST',
  'image-name': 'write the image itself, without an option',
  'image-tag': 'write IMAGE:TAG',
  'insecure-registry': 'write --insecure HOST',
  'override-arch': 'write --arch ARCH',
  'override-os': 'write --os OS',
  'override-variant': 'write --platform OS/ARCH/VARIANT',
  password: 'write --creds-stdin, or set PULLPIN_USERNAME and PULLPIN_PASSWORD',
  'password-stdin': 'write --creds-stdin',
  'plain-http': 'write --insecure HOST',
  raw: 'write --json',
  reject: 'write --exclude GLOB',
  'retry-times': 'write --retries N',
  'src-tls-verify': 'write --insecure HOST',
  'tls-verify': 'write --insecure HOST',
  u: 'write pullpin bump',
  upgrade: 'write pullpin bump',
  username: 'write --creds-stdin, or set PULLPIN_USERNAME and PULLPIN_PASSWORD',
};

/** What a command of another tool is called here; undefined for other words. */
export function commandElsewhere(word: string): string | undefined {
  return Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
}

/** What to write for an option of another tool; undefined for other names. */
export function optionElsewhere(name: string): string | undefined {
  return Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
}

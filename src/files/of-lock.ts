/** By this first key a lock of `pullpin lock` is known, whatever its file is called. */
export const LOCK_GENERATOR = 'pullpin lock';
/** What the Nix file beside a lock begins with. */
export const NIX_OF_LOCK = '# Written by `pullpin lock`.';

const LOCK = new RegExp(`^\\s*\\{\\s*"generator":\\s*"${LOCK_GENERATOR}"`);

/** Whether a file belongs to `pullpin lock`, which alone changes it: digest, hashes and images.toml belong together. Its pins are no pins in a file. */
export function isOfLock(text: string): boolean {
  return text.startsWith(NIX_OF_LOCK) || LOCK.test(text);
}

import { expect, test } from 'vitest';
import { bumpCommand } from '../../src/check/findings/finding.js';
import { lockCommand } from '../../src/check/locks/lock-command.js';

test.each([
  ['images.nix', 'pullpin bump images.nix:4', 'pullpin lock --file images.nix'],
  ['-d.nix', 'pullpin bump ./-d.nix:4', 'pullpin lock --file ./-d.nix'],
  ['a b.nix', "pullpin bump 'a b.nix':4", "pullpin lock --file 'a b.nix'"],
  ['a; touch b', "pullpin bump 'a; touch b':4", "pullpin lock --file 'a; touch b'"],
])('the commands for %s are about that file alone', (file, bump, lock) => {
  expect(bumpCommand({ file, line: 4 })).toBe(bump);
  expect(lockCommand({ images: file, lock: '', nix: '', folder: '' })).toBe(lock);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { didYouMean, misspelledWord, nearestWord } from '../src/suggestion.js';
import { runInProcess, testContext } from './support/run-in-process.js';
import { temporaryFolder } from './support/temporary-folder.js';

describe('the word that was meant', () => {
  test.each([
    ['wbe', ['db', 'web'], 'web'],
    ['wbe', ['web', 'db'], 'web'],
    ['wbe', ['we', 'wb', 'web'], 'web'],
    ['bd', ['a', 'web', 'db'], 'db'],
    ['sl', ['show', 'ls'], 'ls'],
    ['apt', ['aps', 'pat', 'ap'], 'aps'],
    ['nra', ['docker-archive', 'nar'], 'nar'],
    ['shwo', ['sow', 'show'], 'show'],
    ['redsi', ['redis', 'reds', 'rest'], 'redis'],
    ['list', ['slit', 'lists'], 'lists'],
    ['bsh', ['zsh', 'bash', 'fish'], 'bash'],
    ['bew', ['wbe', 'ewb', 'web'], 'web'],
    ['chekc', ['check', 'cache'], 'check'],
    ['WBE', ['db', 'web'], 'web'],
    ['platfrms', ['platforms', 'target'], 'platforms'],
    ['freze', ['final-tag', 'freeze'], 'freeze'],
  ])('%s of %j is %s', (word, known, meant) => {
    expect(nearestWord(word, known)).toBe(meant);
  });

  test.each([
    ['yes', ['os', 'eye']],
    ['x', ['y', 'xy']],
    ['db', ['web']],
    ['', ['a', 'ab']],
    ['wbe', []],
    ['redis', ['postgres']],
    ['a'.repeat(101), ['a'.repeat(100)]],
  ])('%s is none of %j', (word, known) => {
    expect(nearestWord(word, known)).toBeUndefined();
    expect(misspelledWord(word, known)).toBeUndefined();
    expect(didYouMean(word, known)).toBe('');
  });

  test('is certain only where one letter is wrong or two have changed places', () => {
    expect(misspelledWord('remvoe', ['remove'])).toBe('remove');
    expect(misspelledWord('mvoe', ['remove', 'move'])).toBe('move');
    expect([nearestWord('plateform', ['plates']), misspelledWord('plateform', ['plates'])]).toEqual([
      undefined,
      undefined,
    ]);
    expect([nearestWord('systms', ['systemd']), misspelledWord('systms', ['systemd'])]).toEqual(['systemd', undefined]);
  });

  test('is found at once among the names of a large lock', () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `service-${at.toString(36)}-worker`);
    expect(nearestWord('sevrice-7pa-worker', names)).toBe('service-7pa-worker');
  });
});

test.each([
  [['lits'], 'list'],
  [['nip', 'redis:7'], 'pin'],
  [['templates', 'josn'], 'json'],
  [['completion', 'zhs'], 'zsh'],
  [['pin', '--platform', 'linux/amr', 'redis:7'], 'linux/arm'],
  [['pin', '--os', 'linux', '--acrh', 'arm64', 'redis:7'], 'arch'],
  [['lock', 'remove', 'wbe'], 'web'],
  [['lock', 'show', 'bd'], 'db'],
  [['lock', 'shwo'], 'show'],
])('the words %j with swapped letters are refused with %s', async (words, meant) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'images.toml'), '[images.db]\nimage = "db:1"\n[images.web]\nimage = "web:1"\n');
  const { exitCode, stderr } = await runInProcess(words, testContext({ folder }));
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringMatching(new RegExp(`did you mean (?:\\S+ )*(?:--)?${meant}\\?`)),
  ]);
});

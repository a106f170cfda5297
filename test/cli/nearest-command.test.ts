import { expect, test } from 'vitest';
import { COMMANDS, refuseMisspelled } from '../../src/cli/nearest-command.js';

test.each([
  ['dgiest', 'digest'],
  ['digst', 'digest'],
  ['digests', 'digest'],
  ['diges', 'digest'],
  ['xigest', 'digest'],
  ['inspec', 'inspect'],
  ['ipn', 'pin'],
  ['pinn', 'pin'],
])('%s is told to be near %s', (word, command) => {
  expect(() => refuseMisspelled([word, 'redis'])).toThrow(`did you mean ${command}?`);
});

test.each(['redis', 'digester', 'nginx:1', 'ghcr.io/pin', 'Pin', '-q', '', 'pi n'])('%j is not', (word) => {
  expect(() => refuseMisspelled([word])).not.toThrow();
});

test('a command is no misspelt one', () => {
  for (const command of COMMANDS) expect(() => refuseMisspelled([command])).not.toThrow();
});

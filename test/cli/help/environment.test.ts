import { expect, test } from 'vitest';
import { COMMAND_SETTINGS } from '../../../src/cli/config/table.js';
import { ENVIRONMENT, EXIT_CODES } from '../../../src/cli/help/environment.js';
import { HELP_SOURCE } from '../../../src/cli/help-source.js';
import { EXIT } from '../../../src/cli/terminal/exit-code.js';
import { readSource, sourceFiles } from '../../support/source-imports.js';

/** Variables that no user sets for pullpin, and why pullpin reads them. */
const NOT_FOR_USERS: Readonly<Record<string, string>> = {
  NIX_HASH_ALGO: 'nixpkgs sets it for nix-prefetch-docker',
  REQUEST_METHOD: 'in a CGI program, a visitor sets HTTP_PROXY by a header',
};

test('the help names every variable that the source reads', () => {
  const shown = ENVIRONMENT.flatMap(([names]) => names.split(', '));
  const read = sourceFiles().flatMap((file) => [
    ...readSource(file).matchAll(/nvironment\['([A-Z_]+)'\]|nvironment, (?:\[.*?)?'([A-Z_]+)'|VARIABLE = '([A-Z_]+)'/g),
  ]);
  const names = new Set(read.flatMap((match) => match.slice(1).filter((name) => name !== undefined)));
  expect(names.size).toBeGreaterThan(10);
  expect([...names].filter((name) => !shown.includes(name) && !(name in NOT_FOR_USERS))).toEqual([]);
});

test('the help says what each exit code means, in their order', () => {
  expect(EXIT_CODES.map(([code]) => Number(code))).toEqual(Object.values(EXIT));
});

test('pullpin.toml has a table for every command that has settings', () => {
  const withSettings = HELP_SOURCE.commands.filter(({ groups }) =>
    Object.values(groups).some(({ options }) => Object.values(options).some(({ setting }) => setting !== undefined)),
  );
  expect(COMMAND_SETTINGS.map(({ command }) => command.name)).toEqual(withSettings.map(({ name }) => name));
});

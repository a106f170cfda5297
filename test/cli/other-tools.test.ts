import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { optionElsewhere } from '../../src/cli/elsewhere/other-options.js';
import { optionsOf } from '../../src/cli/options/command.js';
import { COMMON } from '../../src/cli/options/general.js';
import { parseTagRule } from '../../src/tag-rules/rule.js';
import { runInProcess } from '../support/run-in-process.js';
import { readSource } from '../support/source-imports.js';

test.each([
  [['--major'], 'write pullpin bump --tags major'],
  [['bump', '--minor'], 'write pullpin bump --tags minor'],
  [['bump', '--patch'], 'write pullpin bump --tags patch'],
  [['bump', '--latest'], "write pullpin bump --tags major, or a rule such as '# pullpin: ^1.27' above the pin"],
])('%j is answered with what pullpin has instead', async (args, hint) => {
  const { exitCode, stdout, stderr } = await runInProcess(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe(`pullpin: there is no option ${args.at(-1)}: ${hint}\n`);
});

test('a hint names only commands and options that pullpin has', () => {
  const hints = ['commands', 'options']
    .map((kind) => readSource(`cli/elsewhere/other-${kind}.ts`).replace(/\/\*[\s\S]*?\*\//g, ''))
    .join('');
  const commands = COMMANDS.map(({ options }) => options.name);
  const options = new Set([COMMON, ...COMMANDS.map((each) => optionsOf(each.options))].flatMap(Object.keys));
  const named = [...hints.matchAll(/pullpin ([a-z][a-z-]*)/g)].map(([, name = '']) => name);
  const written = [...hints.matchAll(/--([a-z][a-z-]*)/g)].map(([, name = '']) => name);
  expect([named.length, written.length].every((count) => count > 30)).toBe(true);
  const PROSE = [
    'builds',
    'copies',
    'runs',
    'pushes',
    'uses',
    'asks',
    'sends',
    'waits',
    'formats',
    'keeps',
    'scans',
    'writes',
    'changes',
    'lists',
    'asks',
  ];
  expect(named.filter((name) => !commands.includes(name) && !PROSE.includes(name))).toEqual([]);
  expect(written.filter((name) => !options.has(name.replace(/^no-/, '')))).toEqual([]);
});

test('a rule in a hint is one that can be read', () => {
  const [, rule = ''] = /# pullpin: (\S+)'/.exec(optionElsewhere('latest', 'bump') ?? '') ?? [];
  expect(parseTagRule(rule)?.kind).toBe('range');
});

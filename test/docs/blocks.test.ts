import { parse as parseToml } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { judgePrograms } from '../support/nix-judge.js';
import { demoFile } from './support/demo.js';
import { type Block, blocksOf, PAGES } from './support/markdown.js';
import { scriptsOf } from './support/workflow.js';

const all = PAGES.flatMap((page) => blocksOf(page));
const written = (language: string): Block[] => all.filter((block) => block.language === language);
const placeOf = ({ page, line }: Block): string => `${page}:${line}`;
const isRecipe = ({ page }: Block): boolean => page.startsWith('docs/recipes/');

describe('what pages show for copying is read by the parser of its language', () => {
  test('Nix: whole files in recipes, and elsewhere also parts of a set', async () => {
    const blocks = written('nix');
    const whole = await judgePrograms(blocks.map(({ text }) => text));
    const inSet = await judgePrograms(blocks.map(({ text }) => `{\n${text}\n}`));
    const refused = blocks.filter(
      (block, at) => whole[at]?.accepted === false && (isRecipe(block) || inSet[at]?.accepted === false),
    );
    expect(refused.map(placeOf)).toEqual([]);
    expect(blocks.filter(isRecipe).length).toBeGreaterThan(5);
  });

  test.each<[string, (text: string) => unknown]>([
    ['json', (text) => JSON.parse(text)],
    ['toml', (text) => parseToml(text)],
    ['yaml', (text) => parseAllDocuments(text, { strict: true }).map((each) => each.errors.length === 0 || fail(text))],
  ])('%s', (language, parse) => {
    const refused = written(language).filter(({ text }) => {
      try {
        parse(text);
        return false;
      } catch {
        return true;
      }
    });
    expect(refused.map(placeOf)).toEqual([]);
    expect(written(language).length).toBeGreaterThan(1);
  });
});

describe('the recipe for Renovate', () => {
  const [renovate] = written('json').filter(({ page }) => page === 'docs/recipes/renovate.md');
  const { customManagers, postUpgradeTasks } = JSON.parse(renovate?.text ?? '');
  const [manager] = customManagers;

  test.each([
    ['hosts/cache/redis.nix', { depName: 'redis', currentValue: '7.4' }],
    ['modules/database.nix', { depName: 'postgres', currentValue: '16.4-alpine' }],
  ])('finds the call in %s of the demo', (file, groups) => {
    const text = demoFile(file);
    const found = manager.matchStrings.flatMap((each: string) => [...text.matchAll(new RegExp(each, 'g'))]);
    expect(found.map((match: RegExpMatchArray) => match.groups)).toEqual([
      { ...groups, currentDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    ]);
  });

  test('the configuration of the bot allows the command, and no longer one', () => {
    const config = written('js').find(({ page }) => page === 'docs/recipes/renovate.md')?.text ?? '';
    const [, expression = ''] = /allowedCommands: \['(.*)'\]/.exec(config) ?? [];
    const [command] = scriptsOf(renovate?.text ?? '');
    expect(postUpgradeTasks.commands).toEqual([command]);
    expect(new RegExp(expression).test(command ?? '')).toBe(true);
    expect(new RegExp(expression).test(`${command} && true`)).toBe(false);
  });
});

function fail(text: string): never {
  throw new Error(text);
}

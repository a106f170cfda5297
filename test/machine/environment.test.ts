import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configFolder, firstSet } from '../../src/machine/environment.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the first variable with a value counts, and an empty one has none', () => {
  const environment = { A: '', B: 'b', C: 'c' };
  expect(firstSet(environment, ['A', 'B', 'C'])).toEqual({ name: 'B', value: 'b' });
  expect(firstSet(environment, ['A', 'D'])).toBeUndefined();
});

test('settings are below XDG_CONFIG_HOME, else below ~/.config', () => {
  expect(configFolder({ XDG_CONFIG_HOME: '/settings' }, '/home/ada')).toBe('/settings');
  expect(configFolder({ XDG_CONFIG_HOME: '' }, '/home/ada')).toBe('/home/ada/.config');
});

test('the page on registries lists every variable that is read', () => {
  const folder = `${root}/src/registry`;
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
    .filter((text) => text.includes('firstSet(') || text.includes("/environment.js'"));
  const names = new Set(source.join('\n').match(/(?<=')[A-Z]+(_[A-Z]+)+(?=')/g));
  const page = readFileSync(`${root}/docs/registries.md`, 'utf8');
  const table = page.slice(page.indexOf('## All variables and files'));
  expect([...names].sort()).toContain('REGISTRY_AUTH_FILE');
  expect([...names].filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
});

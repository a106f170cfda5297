import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRegistriesConf } from '../../../src/registry/mirrors/registries-conf.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A home and a system folder with these files; `read` gives the location of each prefix. */
function machine(files: Readonly<Record<string, string>>) {
  const root = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  const home = join(root, 'home');
  const read = async (environment: Readonly<Record<string, string>> = {}) => {
    const tables = await readRegistriesConf({ environment, home, systemFolder: join(root, 'etc') });
    return Object.fromEntries(tables.map(({ prefix, location }) => [prefix, location]));
  };
  return { root, read };
}

const table = (prefix: string, location: string): string =>
  `[[registry]]\nprefix="${prefix}"\nlocation="${location}"\n`;

test('no file, no tables', async () => {
  expect(await machine({}).read()).toEqual({});
});

test("the system's file, then its drop-ins by name, then the user's drop-ins; a later table replaces an earlier one", async () => {
  const { read } = machine({
    'etc/registries.conf': table('a.io', 'main.io') + table('b.io', 'main.io') + table('c.io', 'main.io'),
    'etc/registries.conf.d/10-x.conf': table('b.io', 'ten.io') + table('d.io', 'ten.io'),
    'etc/registries.conf.d/20-x.conf': table('d.io', 'twenty.io'),
    'etc/registries.conf.d/README': 'not TOML',
    'etc/registries.conf.d/sub.conf/x.conf': 'not TOML',
    'home/.config/containers/registries.conf.d/x.conf': table('c.io', 'user.io'),
  });
  expect(await read()).toEqual({ 'a.io': 'main.io', 'b.io': 'ten.io', 'c.io': 'user.io', 'd.io': 'twenty.io' });
});

test('comments and aliases are not tables, and a table may follow them', async () => {
  const aliases = '# names\n\n[aliases]\r\n  "fedora" = "registry.fedoraproject.org/fedora"\n';
  expect(await machine({ 'etc/registries.conf': aliases }).read()).toEqual({});
  const { read } = machine({ 'etc/registries.conf': `${aliases}${table('a.io', 'b.io')}` });
  expect(await read()).toEqual({ 'a.io': 'b.io' });
});

test("the user's file replaces the system's file and its drop-ins", async () => {
  const { read, root } = machine({
    'etc/registries.conf': table('a.io', 'system.io'),
    'etc/registries.conf.d/x.conf': table('b.io', 'system.io'),
    'home/.config/containers/registries.conf': table('c.io', 'user.io'),
    'home/.config/containers/registries.conf.d/x.conf': table('d.io', 'user.io'),
    'xdg/containers/registries.conf': table('e.io', 'xdg.io'),
  });
  expect(await read()).toEqual({ 'c.io': 'user.io', 'd.io': 'user.io' });
  expect(await read({ XDG_CONFIG_HOME: join(root, 'xdg') })).toEqual({ 'e.io': 'xdg.io' });
});

test('a file that CONTAINERS_REGISTRIES_CONF names is read alone, and must be there', async () => {
  const { read, root } = machine({
    'etc/registries.conf.d/x.conf': table('a.io', 'system.io'),
    'home/.config/containers/registries.conf': table('b.io', 'user.io'),
    'named.conf': table('c.io', 'named.io'),
  });
  expect(await read({ CONTAINERS_REGISTRIES_CONF: join(root, 'named.conf') })).toEqual({ 'c.io': 'named.io' });
  await expect(read({ CONTAINERS_REGISTRIES_CONF: join(root, 'none.conf') })).rejects.toThrow(
    `${root}/none.conf: does not exist; check what CONTAINERS_REGISTRIES_CONF names`,
  );
});

describe('a file that is not TOML is reported with the position, in one line', () => {
  test.each([
    ['[[registry]]\nlocation = a.io\n', 'line 2, column 12'],
    ['[[registry]', 'line 1, column 12'],
    ['a = 1\na = 2\n', 'line 2, column 1'],
  ])('%j', async (content, place) => {
    const { read, root } = machine({ 'etc/registries.conf': content });
    const error = await read().catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain(`${root}/etc/registries.conf: is not valid TOML at ${place}: `);
    expect((error as Error).message).not.toContain('\n');
  });
});

test('a folder in place of the file cannot be read', async () => {
  const { read, root } = machine({ 'etc/registries.conf/x': '' });
  await expect(read()).rejects.toThrow(`${root}/etc/registries.conf: is not a regular file; name another file`);
});

test('a file that no person wrote by hand is refused', async () => {
  const { read } = machine({ 'home/.config/containers/registries.conf': '# comment\n'.repeat(200_000) });
  await expect(read()).rejects.toThrow(/registries\.conf: is larger than 1 MiB/);
});

import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { filesOf, openPlace, runIn, type Surroundings } from './place.js';

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));

const place = await openPlace();
/** A folder without a single program. */
const nothing = join(place.home, 'nothing');
mkdirSync(nothing);
/** A file where a folder is expected: nothing can be made in it, not even by root. */
const file = join(place.home, 'file');
writeFileSync(file, '');
const ordinary = await place.run();

const { ordinary: env } = place;
const { HOME: _, ...homeless } = env;
const containers = { CONTAINERS_REGISTRIES_CONF: place.registriesConf };

/** pullpin must do the same here as on an ordinary machine, to the byte. Each has as many differences as can be together. */
const SAME: Readonly<Record<string, Surroundings>> = {
  'no HOME, no TERM, a locale without Unicode, no folder for temporary files, a closed stdin': {
    env: { ...homeless, ...containers, LANG: 'C', LC_ALL: 'C', TMPDIR: join(place.home, 'none') },
    line: 'exec "$@" <&-',
  },
  'no home folder, an empty TERM, no colours, a locale that is not installed, a folder as stdin': {
    env: { ...env, ...containers, HOME: join(file, 'home'), TERM: '', NO_COLOR: '1', LC_ALL: 'xx_YY.UTF-8' },
    line: 'exec "$@" </',
  },
};

test('the ordinary runs do something', () => {
  expect(ordinary.pin).toMatchObject({ stdout: expect.stringContaining('dockerTools.pullImage {'), exitCode: 0 });
  expect(ordinary['digest of a missing tag']).toMatchObject({ stdout: '', exitCode: 5 });
  expect(ordinary.check.exitCode).toBe(3);
  expect(ordinary.bump.files).not.toEqual(ordinary.list.files);
  expect(Object.keys(ordinary['lock add'].files)).toEqual(
    expect.arrayContaining(['images.toml', 'images.lock.json', 'images.nix']),
  );
  expect(ordinary['lock --check'].exitCode).toBe(0);
});

test.for(Object.entries(SAME))('all commands do the same with %s', async ([, surroundings]) => {
  expect(await place.run(surroundings)).toEqual(ordinary);
});

test('without git, Nix, skopeo or any other program, only doctor has something to say', async () => {
  const { doctor, ...others } = await place.run({ env: { ...env, PATH: nothing } });
  const { doctor: ordinaryDoctor, ...ordinaryOthers } = ordinary;
  expect(others).toEqual(ordinaryOthers);
  expect(doctor.files).toEqual(ordinaryDoctor.files);
  expect(doctor).toMatchObject({ exitCode: 1, stderr: '' });
  expect(doctor.stdout).toMatch(
    /^problem {2}nix: there is no nix on the PATH: install Nix, or run this on the machine that builds$/m,
  );
});

test.for([
  [['redis:7.4', '--no-cache', '--backend', 'skopeo'], /^pullpin: skopeo: it is not on the PATH: install it[^\n]*\n$/],
  [['redis:7.4', '--no-cache', '--verify'], /^pullpin: skopeo: it is not on the PATH: install it[^\n]*\n$/],
  [['redis:7.4', '--store'], /^pullpin: nix-store: it is not on the PATH: install Nix[^\n]*\n$/],
  [['bump', '--since', 'main'], /^pullpin: git in [^\n]*: it is not on the PATH[^\n]*install git\n$/],
] as const)('%j names the program that is not there', async ([words, message]) => {
  place.reset();
  const run = await runIn(words, place.folder, { ...env, PATH: nothing });
  expect(run).toMatchObject({ stdout: '', stderr: expect.stringMatching(message), exitCode: 1 });
});

test('a cache that cannot be written is one warning, and nothing else is different', async () => {
  const commands = ['pin', 'bump --diff', 'check', 'bump', 'lock add', 'lock --check'] as const;
  const runs = await place.run({ env: { ...env, XDG_CACHE_HOME: file }, commands });
  const warning =
    /^pullpin: warning: the cache folder [^\n]* is not used, because it cannot be made \(ENOTDIR\): [^\n]*\n/;
  expect(runs.pin.stderr).toMatch(warning);
  for (const [name, { stderr, ...run }] of Object.entries(runs)) {
    const { stderr: said, ...rest } = ordinary[name as keyof typeof ordinary];
    expect({ name, ...run }).toEqual({ name, ...rest });
    expect(stderr.replace(warning, '')).toBe(said);
  }
});

test('an installation that cannot be written is used as it is', async () => {
  const installed = join(temporaryFolder(), 'pullpin');
  cpSync(DIST, join(installed, 'dist'), { recursive: true });
  cpSync(join(dirname(DIST), 'package.json'), join(installed, 'package.json'));
  const locked = (mode: number) => {
    for (const folder of [installed, join(installed, 'dist'), join(installed, 'dist/chunks')]) chmodSync(folder, mode);
  };
  const everywhere = (mode: number) => {
    for (let at = installed; at.length > '/tmp'.length; at = dirname(at)) chmodSync(at, mode);
  };
  everywhere(0o755);
  locked(0o555);
  // Root may write in spite of the mode: then another user runs the program, in a folder and home of its own.
  const asUser =
    process.geteuid?.() === 0
      ? 'chown -R nobody "$PWD" "$HOME" && chmod 755 "$PWD/.." && exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"'
      : 'exec "$@"';
  const before = Object.keys(filesOf(installed));
  const { pin, list, help } = await place.run({
    main: join(installed, 'dist/main.cjs'),
    line: asUser,
    commands: ['pin', 'list', 'help'],
  });
  locked(0o755);
  expect({ pin, list, help }).toEqual({ pin: ordinary.pin, list: ordinary.list, help: ordinary.help });
  expect(Object.keys(filesOf(installed))).toEqual(before);
});

import { describe, expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { findInFiles } from '../../src/list/find.js';
import { listPins } from '../../src/list/list-pins.js';
import { openPinFiles, openPinText } from '../../src/list/open/open-pin-files.js';
import type { PinFiles } from '../../src/list/pin-files.js';
import { type GitRepository, gitRepository } from '../support/git-repository.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HASH = 'sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=';
const PIN = `{\n  imageName = "redis"; imageDigest = "${DIGEST}"; hash = "${HASH}";\n}`;
const JSON_PINS = JSON.stringify({ web: { imageName: 'redis', imageDigest: DIGEST, hash: HASH } });

function open({ folder, environment }: GitRepository, path: string, below = ''): Promise<PinFiles> {
  return openPinFiles([path], { folder: `${folder}${below}`, environment });
}

/** The pins of some files as `file:line form finalImageTag`. */
function shown(files: PinFiles): string[] {
  return listPins(files).pins.map((pin) => `${pin.file}:${pin.line} ${pin.form} ${pin.finalImageTag}`);
}

describe('the call of a pin is found in a file of the repository that was not named', () => {
  test.each([
    ['by import', '{ dockerTools }: dockerTools.pullImage (import ./a/web.nix // { finalImageTag = "7"; })', {}],
    [
      'of the folder',
      '{ dockerTools }: dockerTools.pullImage (import ./a // { finalImageTag = "7"; })',
      { 'a/default.nix': PIN },
    ],
    [
      'through a function',
      '{ dockerTools }: let f = { image }: dockerTools.pullImage (image // { finalImageTag = "7"; }); in f { image = import a/web.nix; }'.replace(
        'a/',
        './a/',
      ),
      {},
    ],
    [
      'by callers of callers',
      '{ dockerTools }: dockerTools.pullImage (import ./a/images.nix).web',
      { 'a/images.nix': '{ web = import ./web.nix // { finalImageTag = "7"; }; }' },
    ],
    [
      'of JSON',
      '{ dockerTools, lib }: map (i: dockerTools.pullImage { inherit (i) imageName imageDigest hash; finalImageTag = "7"; }) (lib.attrValues (lib.importJSON ./a/web.json))',
      { 'a/web.json': JSON_PINS },
    ],
    [
      'by a path that is put together',
      '{ dockerTools, lib }: dockerTools.pullImage ((lib.importJSON (./a + "/web.json")).web // { finalImageTag = "7"; })',
      { 'a/web.json': JSON_PINS },
    ],
  ])('%s', async (_, caller, more) => {
    const repository = gitRepository({ 'caller.nix': caller, 'a/web.nix': PIN, ...more });
    const [name = 'a/web.nix'] = Object.keys(more).filter((path) => !path.includes('images'));
    expect(shown(await open(repository, name))).toEqual([`${name}:1 call 7`]);
    expect(shown(await open(repository, name.slice(2), '/a'))).toEqual([`${name.slice(2)}:1 call 7`]);
    expect(shown(await open(repository, '.', '/a'))).toContain(`${name.slice(2)}:1 call 7`);
  });

  test('for the text of an editor, changed or not', async () => {
    const repository = gitRepository({
      'caller.nix': '{ dockerTools }: dockerTools.pullImage (import ./a/web.nix // { finalImageTag = "7"; })',
      'a/web.nix': PIN,
    });
    const files = await openPinText('stdin', `\n\n${PIN}`, repository);
    expect(shown(files)).toEqual(['stdin:3 call 7']);
  });

  test('whose comments count, and are not reported', async () => {
    const caller = '{ dockerTools }: {\n# pullpin: freeze\nx = dockerTools.pullImage (import ./web.nix);\n}';
    const files = await open(gitRepository({ 'caller.nix': caller, 'web.nix': PIN }), 'web.nix');
    expect(listPins(files)).toMatchObject({ pins: [{ file: 'web.nix', state: 'frozen' }], problems: [] });
  });
});

describe('a file that is only read', () => {
  test.each([
    [
      'names another file of that name',
      { 'b/caller.nix': '{ dockerTools }: dockerTools.pullImage (import ./web.nix)', 'b/web.nix': PIN },
    ],
    [
      'has a longer name in it',
      { 'caller.nix': '{ dockerTools }: dockerTools.pullImage (import ./my-web.nix)', 'my-web.nix': PIN },
    ],
    [
      'is ignored',
      { 'caller.nix': '{ dockerTools }: dockerTools.pullImage (import ./web.nix)', '.gitignore': 'caller.nix' },
    ],
  ])('is no caller when it %s', async (_, more) => {
    const files = await open(gitRepository({ 'web.nix': PIN, ...more }), 'web.nix');
    expect(shown(files)).toEqual(['web.nix:1 arguments null']);
    expect(files.callers?.files).toEqual([]);
  });

  test('shows neither its own pins nor its own problems', async () => {
    const caller = `{ dockerTools }: [ (import ./web.nix) (dockerTools.pullImage { imageDigest = "x"; }) "redis:1@${DIGEST.replaceAll('a', 'b')}" ]`;
    const files = await open(gitRepository({ 'caller.nix': caller, 'web.nix': PIN }), 'web.nix');
    expect(listPins(files)).toMatchObject({ pins: [{ file: 'web.nix', form: 'arguments' }], problems: [] });
  });

  test('is never edited: a pin with its hash there stays, and says where', async () => {
    const caller = `{ dockerTools }: dockerTools.pullImage (import ./web.nix // { finalImageTag = "7"; hash = "${HASH}"; })`;
    const repository = gitRepository({ 'caller.nix': caller, 'web.nix': PIN.replace(/hash = .*/, '') });
    const registries = {
      repository: () => {
        throw new Error('no registry is asked for such a pin');
      },
    };
    const plan = await planBump(await open(repository, 'web.nix'), { registries });
    expect(plan.files).toEqual([]);
    expect(plan.problems.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('a part of it stands in caller.nix, which is not among the files of this run'),
    );
  });

  describe('and one that reads the same file as a file of the run', () => {
    const PARTS = { digest: DIGEST, hash: HASH };
    const other = `sha256-${'A'.repeat(42)}8=`;
    const call = (read: string, hash: string) =>
      `{ dockerTools, lib }: let i = ${read}; in dockerTools.pullImage { imageName = "redis"; finalImageTag = "7"; imageDigest = i.digest; hash = ${hash}; }`;
    const nix = (more = '') => `{ digest = "${DIGEST}"; hash = "${HASH}"; ${more} }`;

    test.each([
      ['Nix', 'import ./i.nix', { 'i.nix': nix() }],
      ['a folder', 'import ./i', { 'i/default.nix': nix() }],
      ['JSON', 'lib.importJSON ./i.json', { 'i.json': JSON.stringify(PARTS) }],
      ['TOML', 'lib.importTOML ./i.toml', { 'i.toml': `digest = "${DIGEST}"\nhash = "${HASH}"\n` }],
      ['through a third one', 'import ./j.nix', { 'j.nix': 'import ./i.nix', 'i.nix': nix() }],
    ])('holds its digest when it has another hash: %s', async (_, read, files) => {
      const run = { 'a.nix': call(read, 'i.hash'), ...files };
      const repository = gitRepository({ ...run, 'b.nix': call(read, `"${other}"`) });
      for (const path of ['a.nix', `${repository.folder}/a.nix`]) {
        const { sites } = findInFiles(await open(repository, path));
        expect(sites.map(({ hold }) => hold?.message)).toContainEqual(
          expect.stringContaining('a part of it stands in b.nix, which is not among the files of this run'),
        );
      }
      const alone = findInFiles(await open(gitRepository(run), 'a.nix'));
      expect(alone.sites.map(({ hold }) => hold)).toEqual([undefined]);
    });

    test('adds none of its other pins', async () => {
      const db = `db = { imageName = "postgres"; imageDigest = "${DIGEST.replace('a', 'b')}"; hash = "${other}"; };`;
      const repository = gitRepository({
        'a.nix': call('import ./i.nix', 'i.hash'),
        'i.nix': nix(db),
        'b.nix': '{ dockerTools }: dockerTools.pullImage (import ./i.nix).db',
      });
      const { sites } = findInFiles(await open(repository, 'a.nix'));
      expect(sites.map(({ imageName }) => imageName.text)).toEqual(['redis']);
    });
  });

  test('is not looked for when the whole repository is searched', async () => {
    const repository = gitRepository({
      'caller.nix': '{ dockerTools }: dockerTools.pullImage (import ./web.nix)',
      'web.nix': PIN,
    });
    const { callers } = await open(repository, '.');
    expect(callers?.files).toEqual([]);
    expect(shown(await open(repository, '.'))).toEqual(['caller.nix:1 call null']);
  });

  test('is one of at most 50', async () => {
    const names = Array.from({ length: 60 }, (_, at) => [`c${at}.nix`, 'import ./web.nix'] as const);
    const files = await open(gitRepository({ ...Object.fromEntries(names), 'web.nix': PIN }), 'web.nix');
    expect(files.callers?.files).toHaveLength(50);
  });
});

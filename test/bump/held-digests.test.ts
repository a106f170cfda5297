import { describe, expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { textImages } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const client = createRegistryClient();

const [OLD, NEW] = [textImages('old'), textImages('new')];
registry.add('web:old', OLD);
registry.add('web:2.1', NEW);
const NAME = `${registry.host}/web`;
const HASH = '"sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="';
const SET = `imageName = "${NAME}"; imageDigest = "${OLD.root.digest}"; finalImageTag = "2.1"; arch = "amd64"; hash = ${HASH};`;

async function plan(texts: Readonly<Record<string, string>>) {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }));
  const read = (path: string) => texts[path];
  return planBump({ files, read }, { registries: client, temporaryFolder: temporaryFolder() });
}

describe('a pin that is pulled and also given to a function that is not known', () => {
  const pulled = (other: string) => ({
    'a.nix': `{ dockerTools, f, ... }:\nlet web = { ${SET} }; in [ (dockerTools.pullImage web)\n${other}\n]`,
  });

  test.each([
    ['as a set', '(f web)'],
    ['in a set', '(f { image = web; })'],
    ['in a list', '(f [ web ])'],
    ['beside a hash', `(f 1 web ${HASH})`],
    ['as a digest beside a hash', `(f web.imageDigest ${HASH})`],
    ['by a function of its file', '((g: g web) f)'],
  ])('stays: %s', async (_, other) => {
    const { changes, problems } = await plan(pulled(other));
    expect(changes).toEqual([]);
    expect(problems).toMatchObject([{ code: 'held', message: expect.stringContaining('not known at a.nix:') }]);
  });

  test.each([
    ['its name', '(f web.imageName)'],
    ['its digest alone', '(f web.imageDigest)'],
    ['what is made of it', '(f (dockerTools.pullImage web))'],
    ['a function of Nix', '(builtins.toJSON web)'],
    ['a function of its file', '((image: image.imageName) web)'],
    ['a function of its file that is given a fetcher', '((g: g web) dockerTools.pullImage)'],
  ])('may move when that is %s', async (_, other) => {
    const { problems } = await plan(pulled(other));
    expect(problems.filter(({ code }) => code === 'held')).toEqual([]);
  });
});

describe('a digest of a function that takes its hash last', () => {
  const other = '"sha256-kL4j9CMXntEnMP7Q1H6Ki2CL5/DSSHoues04jmiO20Y="';
  const planWith = (use: string) => {
    const pull = `arch: hash: dockerTools.pullImage { imageName = "${NAME}"; imageDigest = "${OLD.root.digest}"; finalImageTag = "2.1"; inherit arch hash; }`;
    return plan({ 'a.nix': `{ dockerTools, lib, f, ... }:\nlet pull = ${pull}; in [ (pull "amd64" "")\n${use}\n]` });
  };

  test.each([
    ['is the result of a function for a library', `(lib.imap0 (at: pull "arm64") [ ${other} ])`],
    ['is the result of a function with a name', `(let g = at: pull "arm64"; in lib.imap0 g [ ${other} ])`],
    ['is the result of several functions', `(f (a: b: { c, ... }: pull "arm64") ${other})`],
    ['is chosen by a function', `(f (at: if at == 0 then pull "arm64" else pull "amd64") ${other})`],
    ['is chosen where it is given', `(f (if f then pull "arm64" else pull "amd64") ${other})`],
    ['is chosen under a name', `(let g = if f then pull "arm64" else pull "amd64"; in lib.imap0 g [ ${other} ])`],
    ['has its name where it is given', `(f (let g = pull "arm64"; in g) ${other})`],
    ['stands in a set for a library', `(lib.zip { make = pull "arm64"; } [ ${other} ])`],
    ['stands in a set that a function gives', `(f (at: { make = pull "arm64"; }) ${other})`],
    ['is the result of a function in a set', `(f { make = at: pull "arm64"; } ${other})`],
    ['is the result of a function in a list', `(lib.zip [ (at: pull "arm64") ] [ ${other} ])`],
  ])('stays where that function %s', async (_, use) => {
    const { changes, problems } = await planWith(use);
    expect(changes).toEqual([]);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'held', message: expect.stringContaining('not known at a.nix:3') }),
    );
  });

  test('moves where a function for a library gives something else', async () => {
    const { problems } = await planWith(`(lib.imap0 (at: lib.id "arm64") [ ${other} ])`);
    expect(problems.filter(({ code }) => code === 'held')).toEqual([]);
  });
});

describe('a digest stays, with the line of the other place', () => {
  test.each([
    [
      'an image name of an unknown function',
      `(dockerTools.pullImage { imageName = f "web"; imageDigest = digest; hash = ${HASH}; })`,
      5,
    ],
    ['arguments of an unknown function', `(dockerTools.pullImage (f "${NAME}" digest ${HASH}))`, 5],
    ['an unknown set behind //', `(dockerTools.pullImage ({ imageName = "${NAME}"; imageDigest = digest; } // f))`, 5],
    ['an unknown choice', `(dockerTools.pullImage (if f then { imageDigest = digest; } else { }))`, 5],
    ['a table with an unknown key', `(dockerTools.pullImage { a = { imageDigest = digest; }; }.\${f})`, 5],
    ['a fallback of something unknown', `(dockerTools.pullImage (f.web or { imageDigest = digest; }))`, 5],
    ['arguments for code elsewhere', `{ imageName = f "web"; imageDigest = digest; hash = ${HASH}; }`, 5],
  ])('where it is in %s', async (_, other, line) => {
    const text = `{ dockerTools, ... }:\nlet digest = "${OLD.root.digest}"; in [\n"${NAME}:2.1@\${digest}"\n# another one\n${other}\n]`;
    const { changes, problems } = await plan({ 'a.nix': text });
    expect(changes).toEqual([]);
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: 'held',
        severity: 'failure',
        line: 3,
        message: expect.stringContaining(`at a.nix:${line}, where the hash would not move along`),
      }),
    );
  });

  test('where another file has the call that cannot be followed', async () => {
    const { changes, problems } = await plan({
      'web.nix': `{ ${SET} }`,
      'a.nix': '{ dockerTools }: dockerTools.pullImage (import ./web.nix)',
      'b.nix': '{ dockerTools, ... }:\nd.pullImage (f (import ./web.nix))',
    });
    expect(changes).toEqual([]);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'held', message: expect.stringContaining('b.nix:2') }),
    );
  });

  test('where one of the callers of a function cannot be followed', async () => {
    const text = `{ dockerTools, ... }:
let pull = hash: dockerTools.pullImage { imageName = "${NAME}"; imageDigest = "${OLD.root.digest}"; finalImageTag = "2.1"; arch = "amd64"; inherit hash; };
in map pull [ ${HASH} (f ${HASH}) ]`;
    const { changes, problems } = await plan({ 'a.nix': text });
    expect(changes).toEqual([]);
    expect(problems.map(({ code }) => code).toSorted()).toEqual(['conflict', 'unfollowable']);
  });

  test('where a table has a hash for an unknown system, or for one that is not chosen', async () => {
    const call = (choice: string) =>
      `dockerTools.pullImage { imageName = "${NAME}"; imageDigest = "${OLD.root.digest}"; finalImageTag = "2.1"; hash = ${choice}; }`;
    const table = (other: string) => `{\n  x86_64-linux = "";\n  ${other} = ${HASH};\n}`;
    for (const text of [
      `{ dockerTools, system }: ${call(`${table('some-board')}.\${system}`)}`,
      `{ dockerTools, system }: ${call(`(builtins.getAttr system ${table('some-board')})`)}`,
      `{ dockerTools, arch ? "amd64" }: ${call(`{ amd64 = "";\n\n arm64 = ${HASH}; }.\${arch}`)}`,
    ]) {
      const { changes, problems } = await plan({ 'a.nix': text });
      expect(changes).toEqual([]);
      expect(problems).toContainEqual(
        expect.objectContaining({
          code: 'held',
          message: expect.stringMatching(/^the hash at a\.nix:3 can stand beside/),
        }),
      );
    }
  });
});

describe('it moves', () => {
  test.each([
    [
      'a function that all callers give known values',
      `let pull = hash: dockerTools.pullImage { imageName = "${NAME}"; imageDigest = "${OLD.root.digest}"; finalImageTag = "2.1"; arch = "amd64"; inherit hash; }; in pull ""`,
    ],
    [
      'an unknown call beside it, of other images',
      `[ (dockerTools.pullImage { ${SET.replace(HASH, '""')} }) (dockerTools.pullImage (f "web")) ]`,
    ],
    [
      'a derivation that has the image in its environment',
      `unknown { image = "${NAME}:2.1@${OLD.root.digest}"; src = f { hash = ${HASH}; }; }`,
    ],
    [
      'a table of which each entry is for a known system',
      `dockerTools.pullImage { imageName = "${NAME}"; imageDigest = "${OLD.root.digest}"; finalImageTag = "2.1"; hash = { x86_64-linux = ""; aarch64-linux = ""; }.\${system}; }`,
    ],
  ])('with %s', async (_, text) => {
    const { changes, problems } = await plan({ 'a.nix': `{ dockerTools, system, ... }: ${text}` });
    expect(problems.filter(({ code }) => code === 'held')).toEqual([]);
    expect(changes.map(({ to }) => to.digest)).toContain(NEW.root.digest);
  });
});

test('a pin that is up to date is no failure, with any text beside its digest', async () => {
  const text = `{ dockerTools, ... }: let digest = "${NEW.root.digest}"; in [ "${NAME}:2.1@\${digest}" (dockerTools.pullImage (f digest)) ]`;
  const { problems, counts } = await plan({ 'a.nix': text });
  expect(problems.map(({ code }) => code)).toEqual(['unfollowable']);
  expect(counts.current).toBe(1);
});

describe('where a parameter with a default chooses the hash', () => {
  const OTHER = `"sha256-${'B'.repeat(42)}A="`;
  const file = (call: string) => ({ 'image.nix': `{ dockerTools, lib, arch ? "amd64", isArm ? false }:\n${call}` });
  const chosen = (hash: string) =>
    file(
      `dockerTools.pullImage { imageName = "${NAME}"; imageDigest = "${OLD.root.digest}"; finalImageTag = "2.1"; inherit arch; hash =\n${hash}; }`,
    );

  test.each([
    ['an if', chosen(`if arch == "arm64" then ${OTHER} else ${HASH}`)],
    ['an if of another parameter', chosen(`if isArm then ${OTHER} else ${HASH}`)],
    ['a table with a fallback', chosen(`{ arm64 = ${OTHER}; }.\${arch} or ${HASH}`)],
    ['a function of Nix', chosen(`builtins.getAttr arch { arm64 = ${OTHER}; amd64 = ${HASH}; }`)],
    [
      'attributes over others',
      file(`dockerTools.pullImage ({ ${SET} }\n// lib.optionalAttrs isArm { arch = "arm64"; hash = ${OTHER}; })`),
    ],
  ])('the digest stays, because callers may choose another one: by %s', async (_, texts) => {
    const { changes, problems } = await plan(texts);
    expect(changes).toEqual([]);
    expect(problems).toMatchObject([{ code: 'held', message: expect.stringContaining('the hash at image.nix:3') }]);
  });

  test('it moves with all hashes when the callers are seen', async () => {
    const call = (arch: string) => `(import ./image.nix { inherit dockerTools lib; arch = "${arch}"; })`;
    const texts = chosen('if arch == "arm64" then "" else ""');
    const callers = { 'a.nix': `{ dockerTools, lib }: [ ${call('amd64')} ${call('arm64')} ]` };
    const { changes, problems } = await plan({ ...texts, ...callers });
    expect(problems).toEqual([]);
    expect(new Set(changes.map(({ to }) => to.hash)).size).toBe(2);
  });

  test('it moves where the default of something else is open', async () => {
    const texts = chosen('""');
    expect((await plan(texts)).changes).toHaveLength(1);
  });
});

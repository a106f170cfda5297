// biome-ignore-all lint/suspicious/noTemplateCurlyInString: YAML files have variables of their own
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRegistry } from '../../support/faulty-registry.js';
import { gitRepository, writeTree } from '../../support/git-repository.js';
import { image } from '../../support/images.js';
import { runPullpin } from '../../support/run-pullpin.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startRegistry();
const content = (text: string) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });
const [OLD, WEB, DB] = [content('old'), content('web'), content('db')];
registry.add('web:1', OLD);
registry.add('web:1', WEB);
registry.add('web:2', WEB);
registry.add('db:1', DB);
for (const tag of ['1.9', '1.10', '1.9-alpine', '1.10-alpine']) registry.add(`app:${tag}`, WEB);
const { host } = registry;
const [old, web, db] = [OLD, WEB, DB].map(({ root }) => root.digest) as [string, string, string];

/** Bumps files in a folder without git, each named, and gives their texts and what was said. */
async function bumped(files: Readonly<Record<string, string>>, ...options: string[]) {
  const folder = temporaryFolder();
  writeTree(folder, files);
  const { exitCode, stderr } = await runPullpin(['bump', ...options, ...Object.keys(files)], { cwd: folder });
  const after = Object.fromEntries(Object.keys(files).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  return { after, exitCode, stderr };
}

describe('bump changes the digest and nothing beside it', () => {
  const texts: Record<string, [name: string, text: string]> = {
    Compose: [
      'compose.yaml',
      `# stack\nservices:\n  web:   # the front\n    image: ${host}/web:1@OLD    # pinned\n    ports: [ "80:80", '443' ]\n\n  db: {image: "${host}/web:1@OLD", user: "0:0"}\n`,
    ],
    'windows lines and a byte order mark': [
      'a.yml',
      `\ufeffkind: Pod\r\nspec:\r\n  containers:\r\n    - image: '${host}/web:1@OLD'\r\n      args: ["é", "😀"]\r\n---\r\nimage: ${host}/web:1@OLD`,
    ],
    'parts, of which only the digest': [
      'values.yaml',
      `image:\n  registry: ${host}\n  repository: web\n  tag: "1"\n  digest: OLD # here\nside: {image: {repository: ${host}/web, tag: "1@OLD"}}\n`,
    ],
    'an anchor, and with it what uses it': [
      'compose.yml',
      `x: &x\n  image: &image ${host}/web:1@OLD\nservices:\n  a: {<<: *x}\n  b: {image: *image}\n`,
    ],
    TOML: [
      'images.toml',
      `# all\n[web] # one\nref = "${host}/web:1@OLD" # x\nother = '''\ntext'''\nagain = '${host}/web:1@OLD'\r\n`,
    ],
    JSON: [
      'images.json',
      `{ "é": ["${host}/web:1@OLD"],\r\n\t"b" : { "image": "${host}/web", "tag": "1", "digest": "OLD" } }`,
    ],
  };

  test.each(Object.entries(texts))('%s', async (_, [name, text]) => {
    const { after, exitCode, stderr } = await bumped({ [name]: text.replaceAll('OLD', old) });
    expect(after[name]).toBe(text.replaceAll('OLD', web));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/[12] pins? changed in 1 file/),
    });
    // What is up to date stays.
    const again = await bumped({ [name]: text.replaceAll('OLD', web) }, '--check');
    expect(again).toMatchObject({ exitCode: 0, after: { [name]: text.replaceAll('OLD', web) } });
  });
});

describe('bump leaves alone, and reports,', () => {
  test.each([
    ['a block', `image: >-\n  ${host}/web:1@${old}\n`, 0, 'written as a block'],
    ['a variable', `image: ${host}/web:\${TAG}@${old}\n`, 0, 'with a variable or a template'],
    ['a template', `{{ if .x }}\nimage: ${host}/web:1@${old}\n{{ end }}\n`, 0, 'cannot be read (line '],
    [
      'a tag that YAML reads as another',
      `a: {repository: ${host}/web, tag: 1.0, digest: ${old}}\n`,
      1,
      "'1.0' is a number",
    ],
    [
      'parts of which one stands elsewhere',
      `a: {repository: ${host}/web, tag: &t "1", digest: &d ${old}}\nb: {repository: ${host}/web, tag: "2", digest: *d}\n`,
      1,
      'by an alias',
    ],
    ['a frozen service', `# pullpin: freeze\nservices:\n  a: {image: ${host}/web:1@${old}}\n`, 0, '1 frozen'],
    ['no tag', `image: ${host}/web@${old}\n`, 0, 'nothing says which tag it follows'],
    ['an image that is not there', `image: ${host}/gone:1@${old}\n`, 5, 'a.yaml:1'],
  ])('%s', async (_, text, exitCode, message) => {
    const result = await bumped({ 'a.yaml': text });
    expect(result).toMatchObject({ exitCode, after: { 'a.yaml': text } });
    expect(result.stderr).toContain(message);
  });

  test('a directive chooses the tag', async () => {
    const text = `a:\n  # pullpin: 1\n  image: ${host}/db@DIGEST\n`;
    const { after } = await bumped({ 'a.yaml': text.replace('DIGEST', old) });
    expect(after).toEqual({ 'a.yaml': text.replace('DIGEST', db) });
  });
});

describe('a rule moves tag and digest together', () => {
  test.each([
    [
      'an image string',
      `# pullpin: ^1\nimage: ${host}/app:1.9@${old}\n`,
      `# pullpin: ^1\nimage: ${host}/app:1.10@${web}\n`,
    ],
    [
      'parts, with quotes where the tag would be another number',
      `image:\n  # pullpin: ^1\n  repository: ${host}/app\n  tag: 1.9\n  digest: ${old}\n`,
      `image:\n  # pullpin: ^1\n  repository: ${host}/app\n  tag: "1.10"\n  digest: ${web}\n`,
    ],
    [
      'a tag in front of a digest',
      `# pullpin: ^1\nimage: {repository: ${host}/app, tag: 1.9-alpine@${old}}\n`,
      `# pullpin: ^1\nimage: {repository: ${host}/app, tag: 1.10-alpine@${web}}\n`,
    ],
  ])('%s', async (_, before, after) => {
    expect(await bumped({ 'a.yaml': before })).toMatchObject({ after: { 'a.yaml': after }, exitCode: 0 });
  });

  test('but no tag that other places of the file may use', async () => {
    const text = `image:\n  # pullpin: ^1\n  repository: ${host}/app\n  tag: &v "1.9"\n  digest: ${old}\nlabel: *v\n`;
    const { after, exitCode, stderr } = await bumped({ 'a.yaml': text });
    expect({ after, exitCode }).toEqual({ after: { 'a.yaml': text }, exitCode: 1 });
    expect(stderr).toContain('has an anchor');
  });
});

describe('a pin with a hash', () => {
  test('moves as a whole in TOML, also where Nix code reads it', async () => {
    const { stdout } = await runPullpin(['pin', `${host}/web:1@${old}`, '--json'], {});
    const { stdout: now } = await runPullpin(['pin', `${host}/web:1`, '--json'], {});
    const [before, after] = [stdout, now].map((json) => JSON.parse(json).pins[0]);
    const toml = (pin: { imageDigest: string; hash: string }) =>
      `[web]\nimageName = "${host}/web"\nimageDigest = "${pin.imageDigest}"\nhash = "${pin.hash}"\nfinalImageTag = "1"\n`;
    expect((await bumped({ 'a.toml': toml(before) })).after).toEqual({ 'a.toml': toml(after) });
    const nix = '{ dockerTools, lib }: dockerTools.pullImage (lib.importTOML ./a.toml).web';
    const both = await bumped({ 'a.toml': toml(before), 'a.nix': nix });
    expect(both.after).toEqual({ 'a.toml': toml(after), 'a.nix': nix });
    expect(both.stderr).toContain('1 pin changed in 1 file');
    const alone = await bumped({ 'a.toml': `# pullpin: freeze\n${toml(before)}`, 'a.nix': nix });
    expect(alone.stderr).toContain('1 frozen');
  });

  test('in YAML moves as a whole, or not at all', async () => {
    const wrong = `imageName: ${host}/web\nimageDigest: ${old}\nhash: sha256-${'B'.repeat(42)}A=\nfinalImageTag: "1"\n`;
    const { after, exitCode, stderr } = await bumped({ 'a.yaml': wrong });
    expect({ after, exitCode }).toEqual({ after: { 'a.yaml': wrong }, exitCode: 1 });
    expect(stderr).toContain('its hash was not made from what is written here');
  });
});

test('--pin-tags gives images of Compose and Kubernetes a digest', async () => {
  const text = (pin: string) =>
    `services:\n  web:\n    image: ${host}/web:1${pin} # x\n  own:\n    build: .\n    image: ${host}/web:1\n---\nspec:\n  containers:\n    - {image: "${host}/web:1${pin}"}\n`;
  const { after, exitCode } = await bumped({ 'a.yaml': text('') }, '--pin-tags');
  expect({ after, exitCode }).toEqual({ after: { 'a.yaml': text(`@${web}`) }, exitCode: 0 });
});

describe('a folder', () => {
  const pin = `image: ${host}/web:1@${old}\n`;

  test('has the files that git tracks', async () => {
    const repository = gitRepository({ 'a.yaml': pin, 'chart/values.yml': pin, 'Chart.lock': pin });
    repository.commit();
    repository.write({ 'new.yaml': pin });
    const { stdout } = await runPullpin(['list', '--json'], { cwd: repository.folder });
    expect(JSON.parse(stdout).pins.map(({ file }: { file: string }) => file)).toEqual(['a.yaml', 'chart/values.yml']);
    const named = await runPullpin(['list', 'new.yaml:1'], { cwd: repository.folder });
    expect(named.stdout).toContain('new.yaml:1');
  });

  test('with YAML of all kinds is no failure', async () => {
    const repository = gitRepository({
      'broken.yaml': 'a: b: c',
      'deep.yaml': '['.repeat(10_000),
      'binary.yaml': '\0\u0001',
      'chart.yaml': '{{ define "x" }}',
      'empty.toml': '',
      'broken.toml': 'a = ',
      'a.yaml': pin,
    });
    repository.commit();
    const { stdout, stderr, exitCode } = await runPullpin(['list'], { cwd: repository.folder });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toContain('1 pin: 1 tracked');
  });

  test('--since finds what a bot has moved in YAML', async () => {
    const repository = gitRepository({ 'a.yaml': pin, 'b.yaml': pin });
    repository.commit();
    repository.write({ 'b.yaml': pin.replace('web:1', 'web:2') });
    const { stdout } = await runPullpin(['bump', '--since', 'HEAD', '-n', '--json'], { cwd: repository.folder });
    expect(JSON.parse(stdout).changes.map(({ file }: { file: string }) => file)).toEqual(['b.yaml']);
  });
});

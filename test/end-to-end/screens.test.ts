import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { type ImageContent, image } from '../support/images.js';
import { createRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Terminal } from '../support/terminal.js';

const OLD = `sha256:${'a'.repeat(64)}`;
const [BIG, OTHER] = [1, 2].map((seed) => {
  const layer = { bytes: createRandom(seed).bytes(3_000_000), compression: 'none' as const };
  return image({ config: '{"architecture":"amd64","os":"linux"}', layers: [layer] });
}) as [ImageContent, ImageContent];

/** A registry whose layers stop after their first third, and the settings that lead to it. */
async function stalled() {
  const registry = await startRegistry({ images: { 'acme/big:1': BIG, 'acme/other:2': OTHER } });
  registry.fail({ on: /^GET .*\/blobs\/(?!.*config)/, stallAfter: 1_000_000 });
  return { registry, environment: [`PULLPIN_REGISTRY_MAP=docker.io=${registry.host}`] };
}

/** A folder with pins of both images. */
function pins(): string {
  const cwd = temporaryFolder();
  const call = (name: string, tag: string): string =>
    `dockerTools.pullImage {\n    imageName = "${name}";\n    imageDigest = "${OLD}";\n    sha256 = "sha256-${'A'.repeat(43)}=";\n    finalImageTag = "${tag}";\n    os = "linux";\n    arch = "amd64";\n  }`;
  const text = `{ dockerTools }:\n{\n  big = ${call('acme/big', '1')};\n  other = ${call('acme/other', '2')};\n}\n`;
  writeFileSync(join(cwd, 'pins.nix'), text);
  return cwd;
}

const ROW = (name: string): string => `${name}  ███░░░░░░░ 1.0 of 3.0 MB`;

describe.each([60, 80, 120])('in a terminal of %i columns', (columns) => {
  test('one image has one line, and Ctrl-C leaves one that says what state things are in', async () => {
    const { environment } = await stalled();
    const cwd = temporaryFolder();
    const terminal = await Terminal.run(['acme/big:1', '-o', 'pin.nix'], { cwd, environment, columns });
    const shown = await terminal.screen(ROW('acme/big:1'));
    expect(shown.split('\n')).toHaveLength(1);
    await terminal.press('C-c');
    const end = await terminal.screen('exit ');
    expect(lines(end)).toEqual(['pullpin: interrupted; nothing was written', 'exit 130']);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('several images have a line each, with its number', async () => {
    const { environment } = await stalled();
    const args = ['acme/big:1', 'acme/other:2'];
    const terminal = await Terminal.run(args, { cwd: temporaryFolder(), environment, columns });
    await terminal.screen(ROW('acme/big:1'));
    const shown = lines(await terminal.screen(ROW('acme/other:2')));
    expect(shown).toHaveLength(2);
    expect(shown.every((line) => line.length < columns)).toBe(true);
    if (columns > 60) expect(shown.map((line) => line.slice(-6)).sort()).toEqual(['1 of 2', '2 of 2']);
    await terminal.press('C-c');
    expect(lines(await terminal.screen('exit '))).toEqual(['pullpin: interrupted; nothing was written', 'exit 130']);
  });

  test('bump shows how many pins it has done, and the downloads below; Ctrl-C changes no file', async () => {
    const { environment } = await stalled();
    const cwd = pins();
    const before = readFileSync(join(cwd, 'pins.nix'), 'utf8');
    const terminal = await Terminal.run(['bump', '--unproven'], { cwd, environment, columns });
    await terminal.screen(ROW('acme/big'));
    const shown = lines(await terminal.screen(ROW('acme/other')));
    expect(shown[0]).toBe('0/2 pins · 0 outdated');
    expect(shown).toHaveLength(3);
    await terminal.press('C-c');
    expect(lines(await terminal.screen('exit '))).toEqual(['pullpin: interrupted; nothing was written', 'exit 130']);
    expect(readFileSync(join(cwd, 'pins.nix'), 'utf8')).toBe(before);
    expect(readdirSync(cwd)).toEqual(['pins.nix']);
  });
});

test('the prompt of bump -i, and what Ctrl-C leaves of it', async () => {
  const registry = await startRegistry({ images: { 'acme/big:1': BIG, 'acme/other:2': OTHER } });
  const environment = [`PULLPIN_REGISTRY_MAP=docker.io=${registry.host}`];
  const cwd = temporaryFolder();
  const text = `[ "acme/big:1@${OLD}" "acme/other:2@${OLD}" ]\n`;
  writeFileSync(join(cwd, 'pins.nix'), text);
  const terminal = await Terminal.run(['bump', '-i'], { cwd, environment });
  const shown = await terminal.screen('Which pins are to be changed?');
  expect(shown).toMatch(/acme\/big:1[\s\S]*pins\.nix:1[\s\S]*acme\/other:2/);
  await terminal.press('C-c');
  const end = lines(await terminal.screen('exit '));
  expect(end.slice(-2)).toEqual(['pullpin: interrupted; nothing was written', 'exit 130']);
  expect(readFileSync(join(cwd, 'pins.nix'), 'utf8')).toBe(text);
});

test('when all is there, no line of the progress is left', async () => {
  const { registry, environment } = await stalled();
  const cwd = temporaryFolder();
  const terminal = await Terminal.run(['acme/big:1', '-o', 'pin.nix'], { cwd, environment, columns: 100 });
  await terminal.screen(ROW('acme/big:1'));
  registry.heal();
  await registry.close();
  const end = lines(await terminal.screen('exit '));
  expect(end.filter((line) => /█/.test(line))).toEqual([]);
  expect(end.at(-1)).toBe('exit 1');
});

/** The lines of a screen that hold something; a terminal shows ^C where it was typed. */
function lines(screen: string): string[] {
  return screen
    .split('\n')
    .map((line) => line.replace(/^\^C/, '').trimEnd())
    .filter((line) => line !== '');
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Terminal } from '../support/terminal.js';

const registry = await startRegistry();
const content = (text: string) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });
const [OLD, NEW] = [content('old'), content('new')];
for (const name of ['web', 'db']) {
  registry.add(`${name}:old`, OLD);
  registry.add(`${name}:1`, NEW);
}
const [oldDigest, newDigest] = [OLD.root.digest, NEW.root.digest];

const string = (name: string, digest: string) => `"${registry.host}/${name}:1@${digest}"`;

/** Two strings of web, and one of db. */
function folderWithPins(text = `[\n${['web', 'db', 'web'].map((name) => string(name, oldDigest)).join('\n')}\n]\n`) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.nix'), text);
  return { folder, digests: () => readFileSync(join(folder, 'a.nix'), 'utf8').match(/sha256:[0-9a-f]{64}/g) };
}

async function ask(folder: string): Promise<Terminal> {
  const terminal = await Terminal.run(['bump', '--interactive'], { cwd: folder });
  await terminal.screen('Which pins are to be changed?');
  return terminal;
}

describe('bump --interactive', () => {
  test('shows the pins under their images, and changes all of them when the user excludes none', async () => {
    const { folder, digests } = folderWithPins();
    const terminal = await ask(folder);
    const screen = await terminal.screen('a.nix:4');
    const lines = screen.split('\n').flatMap((line) => /(127\.\S+|a\.nix:\d)/.exec(line)?.[1] ?? []);
    const host = registry.host;
    expect(lines).toEqual([`${host}/web:1`, 'a.nix:2', 'a.nix:4', `${host}/db:1`, 'a.nix:3']);
    await terminal.press('Enter');
    expect(await terminal.screen('exit ')).toContain('3 pins changed in 1 file');
    expect(digests()).toEqual([newDigest, newDigest, newDigest]);
  });

  test('does not change the pins that the user excludes, here one image by its heading', async () => {
    const { folder, digests } = folderWithPins();
    const terminal = await ask(folder);
    await terminal.press('Space', 'Enter');
    expect(await terminal.screen('exit ')).toContain('1 pin changed in 1 file');
    expect(digests()).toEqual([oldDigest, newDigest, oldDigest]);
  });

  test('does not change a pin that shares its digest with an excluded one, and reports it', async () => {
    const text = `let d = "${oldDigest}"; in [ "${registry.host}/web:1@\${d}" "${registry.host}/db:1@\${d}" ]\n`;
    const { folder, digests } = folderWithPins(text);
    const terminal = await ask(folder);
    await terminal.press('Space', 'Enter');
    expect(await terminal.screen('exit 1')).toContain('shares a value');
    expect(digests()).toEqual([oldDigest]);
  });

  test('writes nothing after Ctrl-C, and ends with 130', async () => {
    const { folder, digests } = folderWithPins();
    const terminal = await ask(folder);
    await terminal.press('C-c');
    expect(await terminal.screen('exit 130')).toContain('pullpin: interrupted; nothing was written');
    expect(digests()).toEqual([oldDigest, oldDigest, oldDigest]);
  });

  test('asks nothing when every pin is up to date', async () => {
    const { folder } = folderWithPins(`${string('web', newDigest)}\n`);
    const terminal = await Terminal.run(['bump', '-i'], { cwd: folder });
    expect(await terminal.screen('exit 0')).not.toContain('Which pins');
  });

  test.each([
    [['bump', '-i'], 'stdin is not one'],
    [['bump', '-i', '--check'], 'choose one'],
    [['bump', '-i', '-'], 'choose one'],
  ])('%j is a usage error without a terminal', async (args, message) => {
    const { exitCode, stderr } = await runPullpin(args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const APP = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('app') }] });
registry.add('app:1', APP);

/** The pins of a run that kept each of them, as other formats do, need more than 40, in MiB. */
const ROOM = 30;
const PINS_IN_FILE = 20;

const PIN = `  (dockerTools.pullImage {
    imageName = "${registry.host}/app";
    imageDigest = "${APP.root.digest}";
    hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    finalImageName = "app";
    finalImageTag = "1";
    tlsVerify = false;
  })
`;

function folderOf(pins: number): string {
  const folder = temporaryFolder();
  for (let file = 0; file < pins / PINS_IN_FILE; file += 1)
    writeFileSync(join(folder, `${file}.nix`), `{ dockerTools }:\n[\n${PIN.repeat(PINS_IN_FILE)}]\n`);
  return folder;
}

const run = (command: readonly string[], pins: number) =>
  runPullpin([...command, '--json-lines'], {
    cwd: folderOf(pins),
    env: { NODE_OPTIONS: `--max-old-space-size=${ROOM}` },
  });

test.each([
  { command: ['bump', '--check'], pins: 8_000, total: { counts: { found: 8_000, current: 8_000 } } },
  { command: ['check'], pins: 8_000, total: { pins: 8_000, findings: 0 } },
])('$command --json-lines has room for $pins pins where one after the other has', async ({ command, pins, total }) => {
  const { stdout, stderr, exitCode } = await run(command, pins);
  const lines = stdout.trimEnd().split('\n');
  expect([stderr, exitCode, lines.length]).toEqual(['', 0, pins + 1]);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'total', ...total });
});

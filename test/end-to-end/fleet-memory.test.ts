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

/** The pins of a run that kept each of them, as other formats do, need more than twice this, in MiB. */
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

test.each([2_000, 12_000])('bump --json-lines has room for %i pins where one pin after the other has', async (pins) => {
  const env = { NODE_OPTIONS: `--max-old-space-size=${ROOM}` };
  const run = await runPullpin(['bump', '--check', '--json-lines'], { cwd: folderOf(pins), env });
  const lines = run.stdout.trimEnd().split('\n');
  expect([run.stderr, run.exitCode, lines.length]).toEqual(['', 0, pins + 1]);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'total', counts: { found: pins, current: pins } });
});

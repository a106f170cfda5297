import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { writePlan } from '../../src/bump/write-plan.js';
import { openPinFiles } from '../../src/list/open/open-pin-files.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const WRITER = `
import { writeFiles } from './src/files/writing/write-files.js';
const folder = process.argv[1];
const changes = Array.from({ length: 4000 }, (_, at) => ({ path: at + '.nix', before: '{ }', after: '{ a = 1; }' }));
console.log('begin');
await writeFiles(changes, { folder });
`;

test('the leftovers of a killed bump are removed by the next one, also when that one changes nothing', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(temporaryFolder(), 'x-'));
  for (let at = 0; at < 4000; at += 1) writeFileSync(join(folder, `${at}.nix`), '{ }');
  const args = ['--import', 'tsx', '--input-type=module', '-e', WRITER, folder];
  const writer = spawn(process.execPath, args, {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(writer.stdout, 'data');
  const isLeft = (name: string): boolean => name.endsWith('.tmp');
  while (!readdirSync(folder).some(isLeft)) await new Promise((wake) => setTimeout(wake, 5));
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  expect(readdirSync(folder).filter(isLeft).length).toBeGreaterThan(0);

  const files = await openPinFiles(['.'], { folder });
  const registries = createRegistryClient();
  await writePlan(await planBump(files, { registries }), files);
  await registries.close();
  expect(readdirSync(folder).filter(isLeft)).toEqual([]);
  expect(readFileSync(join(folder, '0.nix'), 'utf8')).toMatch(/^\{ (?:a = 1; )?\}$/);
});

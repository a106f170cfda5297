// npm run demo: what README shows, with a registry of sample images on loopback and without any network. `npm run demo -- bash` runs another
// program in the same surroundings: a folder with pins, the command pullpin, and a registry that stands for docker.io, ghcr.io and others.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDemo } from './demo-folder.mjs';

const SESSION = ['pullpin redis:7.4', 'pullpin bump --diff -n', 'pullpin bump'];

const root = fileURLToPath(new URL('..', import.meta.url));
if (!existsSync(join(root, 'dist', 'main.cjs'))) await import('./build.mjs');

const demo = await startDemo();
/** Runs one program as a user would. @param {string} program @param {readonly string[]} args @returns {Promise<number>} its exit code */
const run = (program, args) =>
  new Promise((ended, failed) => {
    const child = spawn(program, args, { cwd: demo.folder, env: { ...process.env, ...demo.env }, stdio: 'inherit' });
    child.once('error', failed).once('close', (code) => ended(code ?? 1));
  });

try {
  const [program, ...args] = process.argv.slice(2);
  if (program !== undefined) process.exitCode = await run(program, args);
  else
    for (const command of SESSION) {
      console.log(`$ ${command}`);
      process.exitCode = await run('sh', ['-c', command]);
      console.log();
    }
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await demo.close();
}

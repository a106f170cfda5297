// The surroundings of the demo: a folder of a person who tries pullpin. README, the pages in docs/ and the tests that run them use it.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDemoRegistry } from './demo-registry.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const PERSON = { NAME: 'Ada', EMAIL: 'ada@example.org' };

/**
 * A registry, a git repository with pins (a copy of fixtures/demo), an empty home, and the variables for programs that run there.
 *
 * @param {{ program?: string, node?: string }} [settings] the folder of another main.cjs and nix-prefetch-docker.cjs than those of this
 *   repository, and another Node than this one to run them
 */
export async function startDemo({ program = join(root, 'dist'), node = process.execPath } = {}) {
  const registry = await startDemoRegistry();
  const place = mkdtempSync(join(tmpdir(), 'pullpin-demo-'));
  const [folder, home, bin] = [join(place, 'repository'), join(place, 'home'), join(place, 'bin')];
  const env = {
    HOME: home,
    PATH: [bin, process.env['PATH']].join(delimiter),
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(
      Object.entries(PERSON).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    ),
  };
  const containers = join(home, '.config', 'containers');
  for (const each of [bin, containers]) mkdirSync(each, { recursive: true });
  writeFileSync(join(containers, 'registries.conf'), registry.registriesConf);
  addProgram(bin, 'pullpin', node, join(program, 'main.cjs'));
  addProgram(bin, 'nix-prefetch-docker', node, join(program, 'nix-prefetch-docker.cjs'));
  /** Makes the folder once more, as it was in the beginning. */
  const reset = () => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(root, 'fixtures', 'demo'), folder, { recursive: true });
    // An image that is not pushed yet, as a build would leave it.
    symlinkSync(join(root, 'fixtures', 'images', 'hello'), join(folder, 'result'));
    writeFileSync(join(folder, '.gitignore'), 'result\n');
    commit(folder, { ...process.env, ...env });
  };
  reset();
  const close = async () => {
    registry.close();
    rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  };
  return { registry, folder, home, bin, env, reset, close };
}

/** @param {string} bin @param {string} name @param {string} node @param {string} script */
function addProgram(bin, name, node, script) {
  const file = join(bin, name);
  writeFileSync(file, `#!/bin/sh\nexec '${node}' '${script}' "$@"\n`);
  chmodSync(file, 0o755);
}

/** Commits all files; without git, pullpin reads the folder as it is. @param {string} cwd @param {NodeJS.ProcessEnv} env */
function commit(cwd, env) {
  const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { cwd, env, stdio: 'ignore' });
  try {
    git('init', '--initial-branch=main', '--template=');
    git('add', '--all');
    git('commit', '--message', 'Pins of three images');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
}

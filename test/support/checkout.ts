import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The owner of the files may be another user, as in a container. */
const SAFE = ['-c', 'safe.directory=*'];

/**
 * `git clone` of this repository into a folder that is not there yet, with what is not committed yet as changes of its work tree: a test is about
 * the files that are here. `env` is the whole environment of git.
 */
export async function cloneRepository(folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  await execa('git', [...SAFE, 'clone', '--quiet', '--no-hardlinks', ROOT, folder], { env, extendEnv: false });
  const list = async (...options: readonly string[]) => {
    const args = [...SAFE, 'ls-files', '-z', '--exclude-standard', ...options];
    const { stdout } = await execa('git', args, { cwd: ROOT });
    return stdout.split('\0').filter((path) => path !== '');
  };
  const deleted = new Set(await list('--deleted'));
  for (const path of await list('--modified', '--others')) {
    if (deleted.has(path)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(ROOT, path), join(folder, path));
  }
  for (const path of deleted) rmSync(join(folder, path), { force: true });
}

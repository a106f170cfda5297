import { join } from 'node:path';
import { GitError, type GitSettings, runGit } from './git.js';

/**
 * The files of a repository, by absolute path, that git tracks or does not ignore and that have one of some texts in them. None when there is no
 * git or no repository.
 *
 * @param endings which files are looked at, such as `.nix`
 */
export async function filesWithText(
  texts: readonly string[],
  endings: readonly string[],
  settings: GitSettings,
): Promise<string[]> {
  if (texts.length === 0) return [];
  const options = [
    'grep',
    '-z',
    '-l',
    '-I',
    '-F',
    '--untracked',
    '--full-name',
    '--no-color',
    '--no-recurse-submodules',
  ];
  const patterns = texts.flatMap((text) => ['-e', text]);
  // Globs are what other commands must not see in a path.
  const globs = ['--no-literal-pathspecs'];
  try {
    const args = [...globs, ...options, ...patterns, '--', ...endings.map((ending) => `*${ending}`)];
    const output = await runGit(args, settings);
    return output
      .toString('utf8')
      .split('\0')
      .filter(Boolean)
      .map((path) => join(settings.folder, path));
  } catch (error) {
    // Exit code 1 says that there is no such file.
    if (error instanceof GitError) return [];
    throw error;
  }
}

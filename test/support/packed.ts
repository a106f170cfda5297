import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { temporaryFolder } from './temporary-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A project of a user's, with the packed tarball installed and nothing else. */
export interface Project {
  readonly folder: string;
  /** The folder of the installed package. */
  readonly installed: string;
  /** The paths in the tarball. */
  readonly packed: readonly string[];
}

/** Packs pullpin as it is built, and installs the tarball into an empty folder, without any network. */
export async function installPacked(): Promise<Project> {
  const place = temporaryFolder();
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', place];
  const { stdout } = await execa('npm', args, { cwd: ROOT });
  const [{ filename, files }] = JSON.parse(stdout);
  const folder = join(place, 'project');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  const quiet = ['--offline', '--no-audit', '--no-fund'];
  await execa('npm', ['install', ...quiet, join(place, filename)], { cwd: folder });
  const packed = files.map(({ path }: { path: string }) => path);
  return { folder, installed: join(folder, 'node_modules/pullpin'), packed };
}

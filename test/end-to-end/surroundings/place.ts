import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { startDemo } from '../../../scripts/demo-folder.mjs';

const MAIN = fileURLToPath(new URL('../../../dist/main.cjs', import.meta.url));

/** The main commands, in an order in which they can follow each other in one folder: those that write come last. */
export const COMMANDS = {
  pin: ['redis:7.4'],
  digest: ['digest', 'redis:7.4'],
  'digest of a missing tag': ['digest', 'redis:none'],
  list: ['list'],
  'bump --diff': ['bump', '--diff', '-n'],
  check: ['check'],
  explain: ['explain', '--image', 'redis:7.4', '--got', 'sha256-RWRwgXJLputzf7yjOADJ+Ux7CuwuNbDJV8Ko7JRi7W0='],
  templates: ['templates'],
  doctor: ['doctor'],
  help: ['--help'],
  bump: ['bump'],
  'lock add': ['lock', 'add', 'cache', 'redis:7.4'],
  'lock --check': ['lock', '--check'],
} as const;
export type Command = keyof typeof COMMANDS;
const NAMES = Object.keys(COMMANDS) as Command[];

/** How a command ended, and the user's files after it. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** The name of a signal when one has ended it. */
  readonly exitCode: number | string | null;
  readonly files: Readonly<Record<string, string>>;
}

/** What is other than on an ordinary machine. */
export interface Surroundings {
  /** A line of sh that runs the program and its words, `"$@"`. */
  readonly line?: string;
  /** In place of the whole environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program, in place of the built one. */
  readonly main?: string;
  /** Commands that are run; all when absent. */
  readonly commands?: readonly Command[];
}

/** The folder, the home and the registry of the demo, which are given back when the test file ends. */
export async function openPlace() {
  const demo = await startDemo();
  afterAll(demo.close);
  const registriesConf = join(demo.home, '.config/containers/registries.conf');
  const cache = join(demo.home, 'cache');
  const ordinary = { PATH: process.env['PATH'] ?? '', HOME: demo.home, TMPDIR: demo.home, XDG_CACHE_HOME: cache };

  /** Runs the commands one after the other, in the folder as it is in the beginning, and with nothing in the cache. */
  const run = async (surroundings: Surroundings = {}): Promise<Readonly<Record<Command, Ended>>> => {
    demo.reset();
    rmSync(cache, { recursive: true, force: true });
    const ended: Partial<Record<Command, Ended>> = {};
    for (const name of surroundings.commands ?? NAMES)
      ended[name] = await runIn(COMMANDS[name], demo.folder, surroundings.env ?? ordinary, surroundings);
    return ended as Record<Command, Ended>;
  };
  return { ...demo, registriesConf, ordinary, run };
}

/** Runs the program once. A run that does not end is killed, and then `exitCode` is the name of the signal. */
export function runIn(
  words: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
  { line = 'exec "$@"', main = MAIN }: Surroundings = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const args = ['-c', line, 'sh', process.execPath, main, ...words];
    const child = spawn('/bin/sh', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject).once('close', (code, signal) => {
      resolve({ stdout, stderr, exitCode: code ?? signal, files: filesOf(folder) });
    });
  });
}

/** The text of each file below a folder, hidden ones and temporary ones included; what git keeps is left out. */
export function filesOf(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort())
    if (!/^(?:\.git|result)(?:\/|$)/.test(name) && statSync(join(folder, name)).isFile())
      files[name] = readFileSync(join(folder, name), 'utf8');
  return files;
}

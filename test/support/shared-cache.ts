import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInProcess, testContext } from './run-in-process.js';
import { temporaryFolder } from './temporary-folder.js';

/** A team with a key: who writes, who reads, each on a machine that knows nothing yet unless its home is given. */
export interface Team {
  readonly publicKey: string;
  readonly secretFile: string;
  write(url: string, args: readonly string[], machine?: TeamMachine): ReturnType<typeof runInProcess>;
  read(url: string, args: readonly string[], machine?: TeamMachine): ReturnType<typeof runInProcess>;
}

export interface TeamMachine {
  readonly home?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function makeTeam(name = 'team-1'): Promise<Team> {
  const secretFile = join(temporaryFolder(), 'secret');
  const { stdout } = await runInProcess(['cache', 'key', name, secretFile]);
  const publicKey = stdout.trim();
  const run = (args: readonly string[], { home = temporaryFolder(), environment = {} }: TeamMachine = {}) =>
    runInProcess(args, testContext({ home, environment }));
  return {
    publicKey,
    secretFile,
    write: (url, args, machine) =>
      run(
        [...args, '--shared-cache', url, '--shared-cache-key', publicKey, '--shared-cache-write', secretFile],
        machine,
      ),
    read: (url, args, machine) => run([...args, '--shared-cache', url, '--shared-cache-key', publicKey], machine),
  };
}

/** A login as docker keeps it, in an environment. */
export function loginAt(host: string, { username, password }: { username: string; password: string }) {
  const folder = temporaryFolder();
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  return { DOCKER_CONFIG: folder };
}

/** The names of the entries in a folder that is a shared cache. */
export function entriesIn(folder: string): string[] {
  return readdirSync(join(folder, 'ac')).sort();
}

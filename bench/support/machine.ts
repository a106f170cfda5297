import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { run } from './run.js';

/** The machine and the measured programs, one line each: a name, and a size or a version. */
export async function machineDescription(): Promise<[string, string][]> {
  const [cpu] = cpus();
  return [
    ['Processor', `${cpu?.model.trim() ?? 'unknown'}, ${cpus().length} cores`],
    ['Memory', `${(totalmem() / 2 ** 30).toFixed(0)} GiB`],
    ['System', `${prettyName()}, Linux ${release().split('.', 2).join('.')}`],
    ['Node.js', process.version],
    ['skopeo', await versionOf('skopeo', '--version')],
    ['nix-hash', await versionOf('nix-hash', '--version')],
    ['docker-registry', await versionOf('docker-registry', '--version')],
    ['openssl', await versionOf('openssl', 'version')],
  ];
}

function prettyName(): string {
  return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
}

/** The version that a program prints of itself. */
export async function versionOf(program: string, option: string): Promise<string> {
  const [first = ''] = (await run(program, [option])).split('\n');
  return /\d[\w.+]*/.exec(first.replace(/^\S*github\S*/, ''))?.[0] ?? first;
}

/** The fastest program on this machine that inflates gzip from stdin to stdout. */
export async function fastestInflater(): Promise<readonly string[]> {
  for (const program of ['igzip', 'libdeflate-gunzip', 'pigz', 'gzip']) {
    const isThere = await run('bash', ['-c', `command -v ${program}`]).then(
      () => true,
      () => false,
    );
    if (isThere) return [program, '-dc'];
  }
  throw new Error('no gzip on this machine');
}

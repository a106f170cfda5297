import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './run.js';

/** Debian's docker-registry with an empty storage, over plain HTTP on a free port of loopback. */
export interface Registry {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** Copies the image of an OCI layout to `repository:tag`, every byte as it is. */
  push(layout: string, repository: string, tag: string): Promise<void>;
  /** Stores a manifest, or an index, under a tag; its own mediaType says what it is. */
  putManifest(repository: string, tag: string, body: string): Promise<void>;
  /** Makes blobs of one repository those of another one, too. */
  mount(digests: readonly string[], from: string, repository: string): Promise<void>;
  /** Seconds of processor time that it has taken so far. */
  cpuSeconds(): number;
  close(): Promise<void>;
}

/** Starts a registry that keeps its data in the folder. */
export async function startRegistry(folder: string): Promise<Registry> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = join(folder, 'registry.json');
  // YAML is a superset of JSON.
  writeFileSync(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: join(folder, 'registry') },
        maintenance: { uploadpurging: { enabled: false } },
      },
      http: { addr: host },
    }),
  );
  // The signal at its parent's death reaches it also when the benchmark is killed.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'docker-registry', 'serve', config], {
    stdio: 'ignore',
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  await answering(`http://${host}/v2/`, child);
  return {
    host,
    push: (layout, repository, tag) => push(layout, `${host}/${repository}:${tag}`),
    putManifest: (repository, tag, body) => putManifest(`http://${host}/v2/${repository}/manifests/${tag}`, body),
    mount: async (digests, from, repository) => {
      for (const digest of digests) await mount(`http://${host}/v2/${repository}/blobs/uploads/`, digest, from);
    },
    cpuSeconds: () => cpuSeconds(child.pid),
    async close() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function push(layout: string, destination: string): Promise<void> {
  const options = ['--insecure-policy', 'copy', '--quiet', '--all', '--preserve-digests', '--dest-tls-verify=false'];
  await run('skopeo', [...options, `oci:${layout}`, `docker://${destination}`]);
}

async function putManifest(url: string, body: string): Promise<void> {
  const { mediaType } = JSON.parse(body);
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': mediaType }, body });
  if (!answer.ok) throw new Error(`PUT ${url}: ${answer.status}`);
}

async function mount(url: string, digest: string, from: string): Promise<void> {
  const answer = await fetch(`${url}?mount=${digest}&from=${from}`, { method: 'POST' });
  if (answer.status !== 201) throw new Error(`POST ${url}: ${answer.status}, the blob was not mounted`);
}

/** User and system time of a process, from proc_pid_stat(5), which counts in hundredths of a second. */
function cpuSeconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline && child.exitCode === null; await sleep(20)) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
  }
  child.kill('SIGKILL');
  throw new Error('docker-registry does not start; is the package docker-registry installed?');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a listening TCP server has a port');
  return address.port;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { endProcess, freePort } from './server-process.js';
import { temporaryFolder } from './temporary-folder.js';

export interface TinyproxyOptions {
  /** Asks for this name and password, of letters and digits only. */
  readonly login?: { readonly username: string; readonly password: string };
  /** The ports to which CONNECT is allowed; all when absent. */
  readonly connectPorts?: readonly number[];
}

/** Debian's tinyproxy on a free port of loopback. It ends with the test file, or sooner by `close`. */
export interface Tinyproxy {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** The request lines it has seen, in order: `CONNECT quay.io:443`, `GET http://quay.io/v2/`. */
  requests(): string[];
  close(): Promise<void>;
}

const running = new Set<ChildProcess>();
afterAll(() => Promise.all([...running].map(end)));

export async function startTinyproxy(options: TinyproxyOptions = {}): Promise<Tinyproxy> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = temporaryFolder();
    const [port, log] = [await freePort(), join(folder, 'log')];
    writeFileSync(join(folder, 'conf'), configuration(port, log, options));
    // The signal at its parent's death reaches it even when the test's process is killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'tinyproxy', '-d', '-c', join(folder, 'conf')], {
      stdio: 'ignore',
    });
    running.add(child);
    if (await answers(child, port)) return proxyOf(child, port, log);
    await end(child);
    // Another process may have taken the port between our look and the proxy's.
    if (attempt === 5) throw new Error('tinyproxy does not start');
  }
}

function proxyOf(child: ChildProcess, port: number, log: string): Tinyproxy {
  return {
    host: `127.0.0.1:${port}`,
    requests: () =>
      [...readFileSync(log, 'utf8').matchAll(/Request \(file descriptor \d+\): (\S+ \S+) HTTP/g)].map(
        ([, line = '']) => line,
      ),
    close: () => end(child),
  };
}

function configuration(port: number, log: string, { login, connectPorts = [] }: TinyproxyOptions): string {
  return [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 60',
    'MaxClients 50',
    `LogFile "${log}"`,
    'LogLevel Connect',
    'Allow 127.0.0.1',
    ...(login ? [`BasicAuth ${login.username} ${login.password}`] : []),
    ...connectPorts.map((allowed) => `ConnectPort ${allowed}`),
    '',
  ].join('\n');
}

async function answers(child: ChildProcess, port: number): Promise<boolean> {
  for (let waited = 0; waited < 10_000 && child.exitCode === null && child.signalCode === null; waited += 20) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return true;
    await sleep(20);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  running.delete(child);
  await endProcess(child);
}

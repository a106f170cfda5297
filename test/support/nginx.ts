import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll } from 'vitest';
import type { Certificate } from './docker-registry.js';
import { endProcess, freePort } from './server-process.js';
import { temporaryFolder } from './temporary-folder.js';

/** Debian's nginx, which serves a folder and takes files by PUT. It ends with the test file, or sooner by `close`. */
export interface Nginx {
  /** `http://127.0.0.1:port` or `https://127.0.0.1:port`. */
  readonly origin: string;
  readonly host: string;
  readonly folder: string;
  /** The lines of its log, `METHOD path status`, for all that was answered so far. */
  requests(): Promise<string[]>;
  close(): Promise<void>;
}

export interface NginxOptions {
  readonly tls?: Certificate;
  /** Who may write, by basic authentication; everybody when omitted. */
  readonly writer?: { readonly username: string; readonly password: string };
}

const running = new Set<ChildProcess>();
afterAll(() => Promise.all([...running].map(endProcess)));

export async function startNginx({ tls, writer }: NginxOptions = {}): Promise<Nginx> {
  const place = temporaryFolder();
  const folder = join(place, 'files');
  mkdirSync(folder);
  const passwords = join(place, 'htpasswd');
  if (writer) {
    const { stdout } = await execa('htpasswd', ['-nim', writer.username], { input: writer.password });
    writeFileSync(passwords, `${stdout}\n`);
  }
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const config = join(place, 'nginx.conf');
    writeFileSync(config, configuration(port, place, tls, writer && passwords));
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'nginx', '-e', join(place, 'errors'), '-c', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    });
    child.stderr.pipe(createWriteStream(join(place, 'stderr')));
    running.add(child);
    if (await listens(child, port)) {
      const host = `127.0.0.1:${port}`;
      return {
        host,
        folder,
        origin: `${tls ? 'https' : 'http'}://${host}`,
        requests: async () => {
          await answer(place);
          return readFileSync(join(place, 'requests'), 'utf8').split('\n').filter(Boolean);
        },
        close: () => {
          running.delete(child);
          return endProcess(child);
        },
      };
    }
    await endProcess(child);
    running.delete(child);
    // Another process may have taken the port.
    if (attempt === 5) throw new Error(`nginx does not start: ${readFileSync(join(place, 'stderr'), 'utf8')}`);
  }
}

function configuration(port: number, place: string, tls: Certificate | undefined, passwords: string | undefined) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${place}/${name};`,
  );
  const certificate = tls ? `ssl_certificate ${tls.certFile}; ssl_certificate_key ${tls.keyFile};` : '';
  const login = passwords ? `limit_except GET { auth_basic "writers"; auth_basic_user_file ${passwords}; }` : '';
  return `daemon off; master_process off; pid ${place}/pid; user root;
events {}
http {
  ${temporary.join(' ')}
  log_format short '$request_method $uri $status';
  access_log ${place}/requests short;
  server {
    listen 127.0.0.1:${port} ${tls ? 'ssl' : ''};
    ${certificate}
    root ${place}/files;
    location / { dav_methods PUT; create_full_put_path on; client_max_body_size 1m; ${login} }
  }
  server { listen unix:${socketIn(place)}; access_log off; location / { return 204; } }
}
`;
}

function socketIn(place: string): string {
  return join(place, 'socket');
}

/** Waits until a request is answered that is not logged: what was answered before it has its line then, which comes after the answer. */
async function answer(place: string): Promise<void> {
  const socket = connect(socketIn(place), () => socket.end('GET / HTTP/1.0\r\n\r\n'));
  await once(socket.resume(), 'close');
}

async function listens(child: ChildProcess, port: number): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('close', () => socket.destroy());
      setTimeout(() => socket.destroy(), 200);
    });
    if (isOpen) return true;
    await sleep(20);
  }
  return false;
}

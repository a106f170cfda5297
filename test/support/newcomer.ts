import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DockerRegistry, startDockerRegistry } from './docker-registry.js';
import { image, index } from './images.js';
import { type PullpinRun, runPullpin } from './run-pullpin.js';
import { temporaryFolder } from './temporary-folder.js';

const content = (text: string, architecture = 'amd64') =>
  image({
    config: JSON.stringify({ architecture, os: 'linux', created: '2026-01-01T00:00:00Z' }),
    layers: [{ bytes: Buffer.from(text) }],
  });
const [AMD, ARM] = [content('amd'), content('arm', 'arm64')];
/** An image for two platforms. */
export const BOTH = index([
  { image: AMD, platform: { os: 'linux', architecture: 'amd64' } },
  { image: ARM, platform: { os: 'linux', architecture: 'arm64' } },
]);
export const OLD = content('old');

/** A person who tries pullpin in a folder with pins, where every registry that she can think of is one of loopback. */
export interface Newcomer {
  readonly registry: DockerRegistry;
  /** Runs the program; what she types cannot reach any other network. */
  type(words: readonly string[], options?: { stdin?: string; cwd?: string }): Promise<PullpinRun>;
  /** Settings that send each of these registries to the one of the test. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes the folder once more, with what she wrote into it gone. */
  folder(): string;
}

const REGISTRIES = ['docker.io', 'ghcr.io', 'quay.io', 'registry.example'];
const REPOSITORIES = ['library/redis', 'library/nginx', 'library/postgres', 'acme/web', 'owner/name', 'library/docker'];

export async function startNewcomer({ tls = false } = {}): Promise<Newcomer> {
  const registry = await startDockerRegistry({ tls });
  for (const from of REGISTRIES)
    for (const repository of REPOSITORIES)
      for (const tag of ['latest', '7.4', '7.3', '1.27', 'main-1'])
        await registry.push(`${from.replace('.', '-')}/${repository}`, tag, BOTH);
  const env = {
    PULLPIN_REGISTRY_MAP: REGISTRIES.map((from) => `${from}=${registry.host}/${from.replace('.', '-')}`).join(' '),
    PULLPIN_RETRIES: '0',
    ...(registry.caFile === undefined ? {} : { SSL_CERT_FILE: registry.caFile }),
  };
  return {
    registry,
    env,
    folder,
    type: (words, options = {}) => runPullpin(words, { env, cwd: options.cwd ?? folder(), ...options }),
  };
}

function folder(): string {
  const place = temporaryFolder();
  for (const name of ['hosts', 'empty', 'nginx']) mkdirSync(join(place, name));
  const old = OLD.root.digest;
  writeFileSync(join(place, 'flake.nix'), `{ outputs = _: { web = "acme/web:1.27@${old}"; }; }\n`);
  writeFileSync(join(place, 'hosts/db.nix'), `{\n  db = "postgres:7.4@${old}";\n  cache = "redis:7.4@${old}";\n}\n`);
  // Files that pullpin finds no pins in, whatever they say.
  writeFileSync(join(place, 'Dockerfile'), `FROM redis:7.4@${old}\n`);
  writeFileSync(join(place, 'README.md'), `# redis:7.4@${old}\n`);
  return place;
}

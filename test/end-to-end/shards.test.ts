import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.js';
import { gitRepository } from '../support/git-repository.js';
import { image, index } from '../support/images.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SHARDS = 8;
const REPOSITORIES = 30;

const registry = await startDockerRegistry();
/** The paths that were asked for. The runs go through this server, which passes all on to the registry. */
const asked: string[] = [];
const server = createServer((incoming, answer) => {
  asked.push(`${incoming.method} ${incoming.url}`);
  const [hostname, port] = registry.host.split(':');
  const { method, url: path, headers } = incoming;
  const outgoing = request({ hostname, port, method, path, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 500, response.headers);
    response.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  incoming.pipe(outgoing);
});
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

const repositoryOf = (path: string): string => /\/v2\/(.*)\/(?:manifests|blobs|tags)\//.exec(path)?.[1] ?? '';
const name = (at: number): string => `team/app${at}`;

/** One version of the images of a repository: an index of two platforms, or one image. Some layers are those of other repositories, too. */
function release(at: number, version: string) {
  const layers = [{ bytes: Buffer.from(`base ${at % 3}`) }, { bytes: Buffer.from(`${at} ${version}`) }];
  const labels = { 'org.opencontainers.image.version': `${version}.${at}` };
  const config = (architecture: string) => JSON.stringify({ os: 'linux', architecture, config: { Labels: labels } });
  if (at % 2 === 0) return image({ config: config('amd64'), layers });
  const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));
  return index(
    platforms.map((platform) => ({ platform, image: image({ config: config(platform.architecture), layers }) })),
  );
}

const olds: string[] = [];
let files: Record<string, string> = {};

beforeAll(async () => {
  for (let at = 0; at < REPOSITORIES; at += 1) {
    olds.push(release(at, '1.0').root.digest);
    await registry.push(name(at), '1', release(at, '1.0'));
    for (const tag of ['1', '2']) await registry.push(name(at), tag, release(at, '1.1'));
  }
  files = pinFiles();
}, 300_000);

/** Pins of all forms: calls, values that several pins share, a table by system, another file's values, strings in YAML and JSON. */
function pinFiles(): Record<string, string> {
  const call = (at: number, more = '', digest = `"${olds[at]}"`, tag = '"1"') =>
    `(dockerTools.pullImage { imageName = "${host}/${name(at)}"; imageDigest = ${digest}; hash = ""; finalImageTag = ${tag};${more} })`;
  const all = Array.from({ length: REPOSITORIES }, (_, at) => at);
  return {
    'a.nix': `{ dockerTools }:\n[\n${all
      .slice(0, 20)
      .map((at) => `  ${call(at, ' # 1.0')}`)
      .join('\n')}\n]\n`,
    'hosts/b.nix': `{ dockerTools }:\n[\n${all
      .slice(10)
      .map((at) => `  ${call(at, ' arch = "amd64";')}`)
      .join('\n')}\n]\n`,
    'shared.nix': `{ dockerTools }:\nlet\n  tag = "1";\n  digest = "${olds[4]}";\nin\n[\n  ${call(2, '', undefined, 'tag')}\n  ${call(3, '', undefined, 'tag')}\n  ${call(4, '', 'digest')}\n  ${call(6, '', 'digest')}\n  ${call(4, ' os = "linux";', 'digest')}\n]\n`,
    'table.nix': `{ dockerTools, system }:\ndockerTools.pullImage {\n  imageName = "${host}/${name(7)}";\n  imageDigest = "${olds[7]}";\n  hash = { x86_64-linux = ""; aarch64-linux = ""; }.\${system};\n  finalImageTag = "1";\n}\n`,
    'values.nix': `{ imageName = "${host}/${name(8)}"; imageDigest = "${olds[8]}"; hash = ""; finalImageTag = "1"; }\n`,
    'uses.nix': '{ dockerTools }: dockerTools.pullImage (import ./values.nix)\n',
    'k8s/deployment.yaml': all.map((at) => `- image: ${host}/${name(at)}:1@${olds[at]}\n`).join(''),
    'images.json': `${JSON.stringify({ images: all.slice(5, 15).map((at) => `${host}/${name(at)}:1@${olds[at]}`) }, null, 2)}\n`,
  };
}

interface Machine {
  readonly folder: string;
  bump(...args: string[]): Promise<{ exitCode: number | undefined; stderr: string }>;
  texts(): Record<string, string>;
}

/** A machine of its own: a checkout, and no cache. */
function machine(): Machine {
  const { folder, environment, commit } = gitRepository(files);
  commit();
  const env = { ...environment, XDG_CACHE_HOME: temporaryFolder(), HOME: temporaryFolder() } as Record<string, string>;
  return {
    folder,
    bump: (...args) => runPullpin(['bump', ...args], { cwd: folder, env }),
    texts: () => Object.fromEntries(Object.keys(files).map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
  };
}

test('eight machines at once change what one machine changes, byte by byte, ask for no more, and never two for one image', async () => {
  const one = machine();
  const alone = await one.bump('--commit-message', '.git/message');
  const askedByOne = asked.splice(0);
  const plans = temporaryFolder();
  const machines = Array.from({ length: SHARDS }, machine);
  const planned = await Promise.all(
    machines.map((each, at) => each.bump('--shard', `${at + 1}/${SHARDS}`, '--plan', join(plans, `${at + 1}.json`))),
  );
  const askedByAll = asked.splice(0);
  for (const each of machines) expect(each.texts()).toEqual(files);
  const merged = machine();
  const names = Array.from({ length: SHARDS }, (_, at) => join(plans, `${at + 1}.json`));
  const applied = await merged.bump('--apply', ...names, '--commit-message', '.git/message');

  expect(merged.texts()).toEqual(one.texts());
  expect(merged.texts()).not.toEqual(files);
  expect(readFileSync(join(merged.folder, '.git/message'), 'utf8')).toBe(
    readFileSync(join(one.folder, '.git/message'), 'utf8'),
  );
  expect({ ...applied, stdout: '' }).toMatchObject({ exitCode: alone.exitCode, stderr: alone.stderr });
  expect(asked).toEqual([]);
  expect(askedByAll.length).toBeLessThanOrEqual(askedByOne.length * 1.05);

  const owners = new Map<string, Set<number>>();
  for (const [at, file] of names.entries())
    for (const { pin } of JSON.parse(readFileSync(file, 'utf8')).changes)
      owners.set(pin.imageName, (owners.get(pin.imageName) ?? new Set()).add(at));
  expect(owners.size).toBeGreaterThan(25);
  for (const own of owners.values()) expect(own.size).toBe(1);
  expect(new Set([...owners.values()].flatMap((own) => [...own])).size).toBe(SHARDS);
  expect(new Set(askedByAll.map(repositoryOf))).toEqual(new Set(askedByOne.map(repositoryOf)));
  expect(planned.map(({ exitCode }) => exitCode)).toContain(0);
}, 240_000);

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Side, Situation } from './contest.js';
import { blobPath } from './image-layout.js';

/** A part of the whole, for a first look: BENCH_SCALE=0.02. */
const SCALE = Number(process.env['BENCH_SCALE'] ?? '1');
const scaled = (count: number): number => Math.max(1, Math.round(count * SCALE));

/** The pins of a platform team: each image is a tag of one of many repositories. One image of ten has moved. */
export const SHARDED = { pins: scaled(10_000), images: scaled(3000), repositories: scaled(300), shards: 8 } as const;

const PINS_IN_FILE = 20;
const MOVED = 10;

/** `pullpin bump` on one machine. */
export const oneMachine: Side = {
  name: 'pullpin bump, one machine',
  prepare,
  command: ({ place }) => ['bash', '-e', '-c', ONE, 'bash', process.execPath, place.program],
  answer: (stdout) => stdout.trim(),
};

/** The same on several machines, which here are processes of one, each with a cache of its own. */
export const manyMachines: Side = {
  name: `pullpin bump --shard, ${SHARDED.shards} at once`,
  prepare,
  command: ({ place }) => ['bash', '-e', '-c', MANY, 'bash', process.execPath, place.program, String(SHARDED.shards)],
  answer: (stdout) => stdout.trim(),
};

const SUM = 'cat *.nix | sha256sum';
const ONE = `cd images
"$1" "$2" bump . > /dev/null
${SUM}`;
const MANY = `cd images
pids=""
for shard in $(seq "$3"); do
  XDG_CACHE_HOME="$HOME/cache-$shard" "$1" "$2" bump . --shard "$shard/$3" --plan "$HOME/$shard.plan" > /dev/null &
  pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done
"$1" "$2" bump --apply "$HOME"/*.plan > /dev/null
${SUM}`;

async function prepare(situation: Situation): Promise<void> {
  writePins(situation, await pushRepositories(situation));
}

const repositoryOf = (image: number): string => `fleet/app${image % SHARDED.repositories}`;
const tagOf = (image: number): string => `v${Math.floor(image / SHARDED.repositories)}`;
/** The registries that have the repositories already. */
const pushed = new WeakMap<Situation['place'], string>();

/** Gives the small image to all repositories, under all tags, and returns its digest. */
async function pushRepositories({ place }: Situation): Promise<string> {
  const known = pushed.get(place);
  if (known !== undefined) return known;
  const layout = place.layout('small');
  const { digest } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0];
  const body = readFileSync(blobPath(layout, digest), 'utf8');
  const { config, layers } = JSON.parse(body);
  const blobs = [config, ...layers].map((blob: { digest: string }) => blob.digest);
  for (let number = 0; number < SHARDED.repositories; number += 1)
    await place.registry.mount(blobs, 'small', repositoryOf(number));
  for (let image = 0; image < SHARDED.images; image += 1)
    await place.registry.putManifest(repositoryOf(image), tagOf(image), body);
  pushed.set(place, digest);
  return digest;
}

function writePins(situation: Situation, digest: string): void {
  const folder = join(situation.environment.TMPDIR, 'images');
  mkdirSync(folder);
  for (let first = 0; first < SHARDED.pins; first += PINS_IN_FILE) {
    const numbers = Array.from({ length: Math.min(PINS_IN_FILE, SHARDED.pins - first) }, (_, at) => first + at);
    const pins = numbers.map((number) => pinOf(number % SHARDED.images, situation, digest));
    writeFileSync(join(folder, `pins-${first}.nix`), `{ dockerTools }:\n[\n${pins.join('\n')}\n]\n`);
  }
}

function pinOf(image: number, { host }: Situation, digest: string): string {
  const written = image % MOVED === 0 ? `sha256:${'0'.repeat(63)}1` : digest;
  return `  (dockerTools.pullImage {
    imageName = "${host}/${repositoryOf(image)}";
    imageDigest = "${written}";
    hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    finalImageName = "app";
    finalImageTag = "${tagOf(image)}";
    os = "linux";
    arch = "amd64";
    tlsVerify = false;
  })`;
}

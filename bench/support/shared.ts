import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Side, Situation } from './contest.js';
import { FLEET } from './fleet.js';
import { blobPath } from './image-layout.js';
import { run } from './run.js';

/** Pins of all images on a machine that knows nothing. */
export const coldImages: Side = {
  name: 'pullpin without a shared cache',
  prepare: pushImages,
  command: (situation) => pinImages(situation),
  answer: hashesIn,
};

/** The same with a shared cache, a repository of the same registry, that another machine has filled. */
export const sharedImages: Side = {
  name: 'pullpin --shared-cache',
  prepare: async (situation) => {
    await pushImages(situation);
    const { place } = situation;
    const secret = secretFile(situation);
    if (!existsSync(secret))
      await run(process.execPath, [place.program, 'cache', 'key', 'bench-1', secret], { env: place.environment() });
    const [program = '', ...words] = pinImages(situation, [...sharing(situation), '--shared-cache-write', secret]);
    await run(program, words, { env: place.environment() });
  },
  // The secret file has the public key behind the seed.
  command: (situation) => pinImages(situation, [...sharing(situation), '--shared-cache-key', publicKey(situation)]),
  answer: hashesIn,
};

function pinImages({ place, host }: Situation, options: readonly string[] = []): string[] {
  const names = Array.from({ length: FLEET.images }, (_, number) => `${host}/small:${tagOf(number)}`);
  return [process.execPath, place.program, 'pin', '--json', ...options, ...names];
}

function sharing({ host }: Situation): string[] {
  return ['--shared-cache', `oci://${host}/team/pullpin-cache`];
}

function secretFile({ place }: Situation): string {
  return join(place.folder, 'team.secret');
}

function publicKey(situation: Situation): string {
  const [name, encoded = ''] = readFileSync(secretFile(situation), 'utf8').trim().split(':');
  return `${name}:${Buffer.from(encoded, 'base64').subarray(32).toString('base64')}`;
}

const tagOf = (number: number): string => `shared-${number}`;

/** Images that differ in their manifests. */
async function pushImages({ place }: Situation): Promise<void> {
  const layout = place.layout('small');
  const { digest } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0];
  const manifest = JSON.parse(readFileSync(blobPath(layout, digest), 'utf8'));
  for (let number = 0; number < FLEET.images; number += 1) {
    const body = JSON.stringify({ ...manifest, annotations: { number: String(number) } });
    await place.registry.putManifest('small', tagOf(number), body);
  }
}

function hashesIn(stdout: string): string {
  const { pins } = JSON.parse(stdout) as { pins: readonly { hash: string }[] };
  return pins.map(({ hash }) => hash).join(' ');
}

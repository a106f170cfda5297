import { expect, test } from 'vitest';
import type { BumpPlan } from '../../src/bump/bump-plan.js';
import { planBump } from '../../src/bump/plan.js';
import type { Registries } from '../../src/oci/image-source.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { type PlantedPin, plantPins } from '../support/planted-pins.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const client = createRegistryClient();
const PINS = 5;
const TAGS = ['latest', ...Array.from({ length: 10 }, (_, minor) => `1.${minor}`)];
const images = Array.from({ length: PINS }, (_, number) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(`layer ${number}`) }] }),
);
for (const [number, content] of images.entries()) for (const tag of TAGS) registry.add(`r${number}:${tag}`, content);

function plan(text: string): Promise<BumpPlan> {
  const pinFiles = { files: [{ path: 'random.nix', text }] };
  const registries: Registries = {
    repository: ({ repository }) => client.repository({ registry: registry.host, repository }),
  };
  return planBump(pinFiles, { registries, temporaryFolder: temporaryFolder(), assumeTag: 'latest', unproven: true });
}

const PROGRAMS = process.env['LONG_TESTS'] ? 1000 : 100;

test(`a bump of ${PROGRAMS} random programs changes only the planted digests and hashes, and a second bump changes nothing`, async () => {
  for (let seed = 0; seed < PROGRAMS; seed += 1) {
    const { source, pins } = plantPins(seed);
    const planned = await plan(source);
    expect(planned, `seed ${seed}`).toMatchObject({ problems: [], counts: { found: pins.length } });
    const after = planned.files[0]?.after ?? '';
    expect(after, `seed ${seed}`).toBe(pins.reduce((text, pin) => bumped(text, pin, planned), source));
    expect(await plan(after), `seed ${seed}`).toMatchObject({ changes: [], files: [], problems: [] });
  }
});

/** The text with the values of one pin replaced, which stand nowhere else in it. */
function bumped(text: string, pin: PlantedPin, { changes }: BumpPlan): string {
  const change = changes.find(({ pin: { imageDigest } }) => imageDigest === pin.imageDigest);
  const number = Number(/\d+$/.exec(pin.imageName)?.[0]);
  const digest = images[number]?.root.digest ?? '';
  const { hash } = change?.to ?? {};
  expect([hash === undefined, /^[0-9a-f]{64}$/.test(hash ?? '')]).toEqual([
    pin.hash === undefined,
    pin.hash !== undefined,
  ]);
  const withDigest = text.replaceAll(pin.imageDigest, digest);
  return pin.hash === undefined ? withDigest : withDigest.replaceAll(pin.hash, hash ?? '');
}

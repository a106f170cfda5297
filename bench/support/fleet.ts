import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Side, Situation } from './contest.js';
import { blobPath } from './image-layout.js';

/** A repository of many pins: its images are tags of one small image. */
export const FLEET = { pins: 1000, images: 300 } as const;

const PINS_IN_FILE = 10;

const tagOf = (number: number): string => `fleet-${number}`;

/** `pullpin bump --check` over a folder with all pins. */
export const fleetOfPins: Side = {
  name: 'pullpin bump --check',
  prepare: async (situation) => {
    const digest = await pushTags(situation);
    writePins(situation, digest);
  },
  command: ({ place, environment }) => [process.execPath, place.program, 'bump', '--check', environment.TMPDIR],
};

/** What a simple script does: it runs skopeo for each pin. */
export const loopOverPins: Side = loop(FLEET.pins);

/** What a better script does: it runs skopeo once for each image. */
export const loopOverImages: Side = loop(FLEET.images);

function loop(times: number): Side {
  return {
    name: `skopeo inspect --no-tags, ${times} times`,
    prepare: async (situation) => void (await pushTags(situation)),
    command: ({ host }) => {
      const counts = [times, FLEET.images].map(String);
      return ['bash', '-e', '-c', LOOP, 'bash', `${host}/small:fleet-`, ...counts];
    },
  };
}

const LOOP = `
for number in $(seq 0 $(($2 - 1))); do
  skopeo inspect --tls-verify=false --no-tags --format '{{.Digest}}' "docker://$1$((number % $3))" > /dev/null
done`;

/** Gives the small image all its tags, and returns its digest. */
async function pushTags({ place }: Situation): Promise<string> {
  const layout = place.layout('small');
  const { digest } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0];
  const body = readFileSync(blobPath(layout, digest), 'utf8');
  for (let number = 0; number < FLEET.images; number += 1) {
    await place.registry.putManifest('small', tagOf(number), body);
  }
  return digest;
}

function writePins(situation: Situation, digest: string): void {
  const { environment } = situation;
  const folder = join(environment.TMPDIR, 'images');
  mkdirSync(folder);
  for (let first = 0; first < FLEET.pins; first += PINS_IN_FILE) {
    const pins = Array.from({ length: PINS_IN_FILE }, (_, index) => pinText(first + index, situation, digest));
    writeFileSync(join(folder, `pins-${first}.nix`), `{ dockerTools }:\n[\n${pins.join('\n')}\n]\n`);
  }
}

/** The hash is not checked as long as the digest is right. */
function pinText(number: number, { host, isTls }: Situation, digest: string): string {
  return `  (dockerTools.pullImage {
    imageName = "${host}/small";
    imageDigest = "${digest}";
    hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    finalImageName = "${host}/small";
    finalImageTag = "${tagOf(number % FLEET.images)}";
    tlsVerify = ${isTls};
  })`;
}

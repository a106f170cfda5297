import { join } from 'node:path';
import type { Side, Situation } from './contest.js';
import { layerDigests } from './image-layout.js';
import type { ImageName } from './images.js';
import { run } from './run.js';

/** `pullpin ARGUMENTS`; arguments that are not image names are passed unchanged. */
export function pullpin(args: (situation: Situation) => readonly string[], more: Partial<Side> = {}): Side {
  return { name: 'pullpin', command: (situation) => pullpinCommand(situation, args(situation)), ...more };
}

/** `pullpin pin` of an image that it knows nothing of. */
export function coldPin(image: ImageName): Side {
  return pullpin(({ host }) => [...pin(`${host}/${image}:v1`), '--no-cache'], { answer: sha256In });
}

/** `pullpin pin` after another one, of the tag `v1`, which is not measured. */
export function warmPin(
  image: ImageName,
  options: { before?: readonly string[]; now?: readonly string[]; tag?: string } = {},
): Side {
  const { before = [], now = [], tag = 'v1' } = options;
  return pullpin(({ host }) => [...pin(`${host}/${image}:${tag}`), ...now], {
    prepare: async (situation) => {
      const command = pullpinCommand(situation, [...pin(`${situation.host}/${image}:v1`), ...before]);
      await run(process.execPath, command.slice(1), { env: situation.environment });
    },
    answer: sha256In,
  });
}

/**
 * What nix-prefetch-docker of nixpkgs runs for an image and a tag, without `nix-store --add-fixed` and without jq, which `--format` replaces:
 * this favours nix-prefetch-docker.
 */
export function nixPrefetchDocker(image: ImageName, finalTag = 'v1', tag = 'v1'): Side {
  return {
    name: 'skopeo + nix-hash',
    command: ({ host }) => ['bash', '-e', '-o', 'pipefail', '-c', PREFETCH, 'bash', `${host}/${image}`, tag, finalTag],
    answer: (stdout) => stdout.trim().split('\n').at(-1),
  };
}

const SKOPEO = 'skopeo --insecure-policy --tmpdir "$TMPDIR" --override-os linux --override-arch amd64';
const PREFETCH = `
digest=$(${SKOPEO} inspect --tls-verify=false --format '{{.Digest}}' "docker://$1:$2")
folder=$(mktemp -d "$TMPDIR/skopeo-copy-tmp-XXXXXXXX")
trap 'rm -rf "$folder"' EXIT
${SKOPEO} copy --src-tls-verify=false "docker://$1@$digest" "docker-archive://$folder/image.tar:$1:$3" > /dev/null
nix-hash --flat --type sha256 --base32 "$folder/image.tar"`;

/** `skopeo inspect` for a digest, without the list of tags. */
export function skopeoInspect(image: ImageName): Side {
  return {
    name: 'skopeo inspect --no-tags',
    command: ({ host }) => [
      'skopeo',
      'inspect',
      '--tls-verify=false',
      '--no-tags',
      '--format',
      '{{.Digest}}',
      `docker://${host}/${image}:v1`,
    ],
    answer: (stdout) => stdout.trim(),
  };
}

/** Node.js that does nothing. */
export const BARE_NODE: Side = { name: 'node -e 0', command: () => [process.execPath, '-e', '0'] };

/** The minimum for hashing an archive, by the fastest tools on this machine, one after another: inflating the layers, and one pass of SHA-256. */
export function inflateAndHash(image: ImageName, inflater: readonly string[]): Side {
  const archive = 'image.tar';
  return {
    name: `${inflater.join(' ')} + openssl`,
    prepare: async ({ place, environment }) => {
      const file = join(environment.TMPDIR, archive);
      const source = `docker://${place.registry.host}/${image}:v1`;
      const args = [
        '--insecure-policy',
        'copy',
        '--src-tls-verify=false',
        source,
        `docker-archive:${file}:${image}:v1`,
      ];
      await run('skopeo', args, { env: environment });
    },
    command: ({ place }) => {
      const folder = join(place.layout(image), 'blobs/sha256');
      const blobs = layerDigests(place.layout(image)).map((digest) => join(folder, digest.replace('sha256:', '')));
      const script = `for blob; do ${inflater.join(' ')} < "$blob" > /dev/null; done; openssl dgst -sha256 ${archive}`;
      return ['bash', '-e', '-c', script, 'bash', ...blobs];
    },
  };
}

function pin(reference: string): string[] {
  return ['pin', reference, '--hash-format', 'nix32'];
}

function pullpinCommand({ place }: Situation, args: readonly string[]): string[] {
  return [process.execPath, place.program, ...args];
}

function sha256In(stdout: string): string | undefined {
  return /sha256 = "(?:sha256:)?([0-9a-z]{52})"/.exec(stdout)?.[1];
}

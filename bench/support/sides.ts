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
    prepare: (situation) => beforehand(situation, [...pin(`${situation.host}/${image}:v1`), ...before]),
    answer: sha256In,
  });
}

/** `pullpin digest` after one of another image, which is not measured: what the registry asks for is known. */
export const warmDigest: Side = pullpin(({ host }) => ['digest', `${host}/medium:v1`], {
  prepare: (situation) => beforehand(situation, ['digest', `${situation.host}/small:v1`]),
  answer: (stdout) => stdout.trim(),
});

/** `pullpin pin` after one of another image, which is not measured: what the registry asks for, and where its storage is, are known. */
export function otherPin(image: ImageName, other: ImageName = 'layered'): Side {
  return pullpin(({ host }) => pin(`${host}/${image}:v1`), {
    prepare: (situation) => beforehand(situation, pin(`${situation.host}/${other}:v1`)),
    answer: sha256In,
  });
}

async function beforehand(situation: Situation, args: readonly string[]): Promise<void> {
  await run(process.execPath, pullpinCommand(situation, args).slice(1), { env: situation.environment });
}

/**
 * What nix-prefetch-docker of nixpkgs runs for an image and a tag, without `nix-store --add-fixed` and without jq, which `--format` replaces:
 * this favours nix-prefetch-docker.
 */
export function nixPrefetchDocker(image: ImageName, finalTag = 'v1', tag = 'v1', skopeo = DEBIAN): Side {
  return {
    name: `${skopeo.name} + nix-hash`,
    command: ({ host, isTls }) => {
      const words = [skopeo.program, String(isTls), `${host}/${image}`, tag, finalTag];
      return ['bash', '-e', '-o', 'pipefail', '-c', PREFETCH, 'bash', ...words];
    },
    answer: (stdout) => stdout.trim().split('\n').at(-1),
  };
}

/** A skopeo that pullpin is compared with. */
export interface Skopeo {
  readonly name: string;
  readonly program: string;
}

/** The one on the PATH. */
export const DEBIAN: Skopeo = { name: 'skopeo', program: 'skopeo' };

const SKOPEO = '"$1" --insecure-policy --tmpdir "$TMPDIR" --override-os linux --override-arch amd64';
const PREFETCH = `
digest=$(${SKOPEO} inspect --tls-verify=$2 --format '{{.Digest}}' "docker://$3:$4")
folder=$(mktemp -d "$TMPDIR/skopeo-copy-tmp-XXXXXXXX")
trap 'rm -rf "$folder"' EXIT
${SKOPEO} copy --src-tls-verify=$2 "docker://$3@$digest" "docker-archive://$folder/image.tar:$3:$5" > /dev/null
nix-hash --flat --type sha256 --base32 "$folder/image.tar"`;

/** `skopeo inspect` for a digest, without the list of tags. */
export function skopeoInspect(image: ImageName, skopeo = DEBIAN): Side {
  return {
    name: `${skopeo.name} inspect --no-tags`,
    command: ({ host, isTls }) => [
      skopeo.program,
      'inspect',
      `--tls-verify=${isTls}`,
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

/** A side that may use only some of the machine's cores. */
export function onSomeCores(side: Side, cores: number): Side {
  return {
    ...side,
    command: (situation) => ['taskset', '--cpu-list', `0-${cores - 1}`, ...side.command(situation)],
  };
}

/**
 * The computing that a pin cannot do without, by the fastest tools on this machine and as parallel as it can be: each layer is inflated and hashed, and so
 * is the archive.
 */
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
      return ['bash', '-e', '-o', 'pipefail', '-c', INFLATE_AND_HASH, 'bash', inflater.join(' '), archive, ...blobs];
    },
  };
}

const INFLATE_AND_HASH = `
inflater=$1 archive=$2; shift 2
openssl dgst -sha256 "$archive" & hashing=$!
for blob; do $inflater < "$blob" | openssl dgst -sha256; done
wait $hashing`;

function pin(reference: string): string[] {
  return ['pin', reference, '--hash-format', 'nix32'];
}

function pullpinCommand({ place }: Situation, args: readonly string[]): string[] {
  return [process.execPath, place.program, ...args];
}

function sha256In(stdout: string): string | undefined {
  return /sha256 = "(?:sha256:)?([0-9a-z]{52})"/.exec(stdout)?.[1];
}

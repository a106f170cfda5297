import { DEFAULT_PLATFORM } from '../../../src/oci/platform.js';
import { formatRepository, splitName } from '../../../src/oci/reference.js';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry.js';
import { attestation, type ImageContent, image, index } from '../../support/images.js';
import { skopeoArchive, skopeoDirectory } from '../../support/skopeo.js';

/** What is under a tag: an index of two platforms, or one image; `grown` was one image and is an index now; `still` has not moved. */
export type ImageKind = 'index' | 'single' | 'grown' | 'still';

export interface SampleImage {
  /** As pins name it. */
  readonly name: string;
  readonly kind: ImageKind;
  readonly tags: readonly string[];
}

/** `old` was under the tag and can still be pulled; `current` is there now; `gone` was there, and no registry has it. */
export type State = 'gone' | 'old' | 'current';

const STATES: readonly State[] = ['gone', 'old', 'current'];

/** What a digest is of: what the tag has, or one platform's image. */
export type Part = 'root' | 'amd64' | 'arm64';

/** What Nix would fetch, as the stand-ins report it. */
export interface Fetch {
  readonly fetches: 'archive' | 'folder';
  readonly imageName: string;
  readonly imageDigest: string;
  readonly os: string;
  readonly arch: string;
  readonly finalImageName?: string;
  readonly finalImageTag?: string;
}

/** The config and the layers of one platform's image, by their digests. */
export interface Parts {
  readonly configDigest: string;
  readonly layers: readonly string[];
}

/** Debian's docker-registry with some images. Each tag had other content before. */
export class SampleImages {
  private readonly byName: ReadonlyMap<string, SampleImage>;
  private readonly hashes = new Map<string, Promise<string | undefined>>();

  private constructor(
    private readonly registry: DockerRegistry,
    images: readonly SampleImage[],
  ) {
    this.byName = new Map(images.map((each) => [fullName(each.name), each]));
  }

  static async start(images: readonly SampleImage[]): Promise<SampleImages> {
    const registry = await startDockerRegistry();
    const push = async (sample: SampleImage, tag: string) => {
      for (const state of ['old', 'current'] as const)
        await registry.push(repositoryOf(sample.name), tag, contentOf(sample, tag, state));
    };
    await Promise.all(images.flatMap((each) => each.tags.map((tag) => push(each, tag))));
    return new SampleImages(registry, images);
  }

  /** registries.conf(5) that sends every request for one of the images to this registry. */
  get registriesConf(): string {
    const registries = new Set([...this.byName.keys()].map((name) => name.slice(0, name.indexOf('/'))));
    return [...registries]
      .map(
        (name) =>
          `[[registry]]\nprefix = "${name}"\nlocation = "${this.registry.host}/${pathOf(name)}"\ninsecure = true\n`,
      )
      .join('\n');
  }

  image(name: string): SampleImage | undefined {
    return this.byName.get(fullName(name));
  }

  /** The config and the layers of the image that a digest and an architecture name; undefined when there is none. */
  parts({ imageName, imageDigest, arch }: Fetch): Parts | undefined {
    const sample = this.image(imageName);
    const states = sample?.tags.flatMap((tag) => STATES.map((state) => ({ sample, tag, state }))) ?? [];
    const found = states.find(({ sample, tag, state }) => {
      const { root, manifests } = contentOf(sample, tag, state);
      return [root, ...manifests].some(({ digest }) => digest === imageDigest);
    });
    return found && partsOf(found.sample, found.tag, found.state, arch === 'arm64' ? 'arm64' : 'amd64');
  }

  /** The sha256, in hex, of what skopeo makes of a fetch; undefined when it refuses. Each question is asked once. */
  hash(fetch: Fetch): Promise<string | undefined> {
    const key = JSON.stringify([
      fetch.fetches,
      fetch.imageName,
      fetch.imageDigest,
      fetch.os,
      fetch.arch,
      fetch.finalImageName,
      fetch.finalImageTag,
    ]);
    const known = this.hashes.get(key) ?? this.askSkopeo(fetch);
    this.hashes.set(key, known);
    return known;
  }

  private async askSkopeo({ fetches, imageName, imageDigest, os, arch, finalImageName, finalImageTag }: Fetch) {
    const pull = { image: `${this.registry.host}/${repositoryOf(imageName)}@${imageDigest}`, os, arch };
    const names = { finalName: finalImageName ?? imageName, finalTag: finalImageTag ?? 'latest' };
    const judgement = await (fetches === 'folder' ? skopeoDirectory(pull) : skopeoArchive({ ...pull, ...names }));
    return 'sha256' in judgement ? judgement.sha256 : undefined;
  }
}

/** The digest of what was, or is, under a tag. */
export function digestOf(sample: SampleImage, tag: string, state: State, part: Part): string {
  const { root, manifests } = contentOf(sample, tag, state);
  const child = part === 'root' ? root : manifests[part === 'amd64' ? 0 : 1];
  if (!child) throw new Error(`${sample.name}:${tag} has no image for ${part}`);
  return child.digest;
}

/** The config and the layers of one platform's image that was, or is, under a tag. */
export function partsOf(sample: SampleImage, tag: string, state: State, arch: 'amd64' | 'arm64'): Parts {
  const { manifests } = contentOf(sample, tag, state);
  const manifest = manifests[arch === 'arm64' && isIndex(sample, state) ? 1 : 0];
  const { config, layers } = JSON.parse(Buffer.from(manifest?.bytes ?? []).toString()) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  return { configDigest: config.digest, layers: layers.map(({ digest }) => digest) };
}

/** How many layers an image has: what is under a tag now has one more. */
export function layersOf({ kind }: SampleImage, state: State): number {
  return kind === 'still' || state === 'current' ? 3 : 2;
}

/** Whether a tag has an index, so that a digest may be of one of its platforms. */
export function isIndex({ kind }: SampleImage, state: State): boolean {
  return kind === 'index' || kind === 'still' || (kind === 'grown' && state === 'current');
}

function contentOf(sample: SampleImage, tag: string, state: State): ImageContent {
  const shown = sample.kind === 'still' ? 'current' : state;
  const of = (architecture: string) =>
    platformImage(`${fullName(sample.name)}:${tag} ${shown}`, architecture, layersOf(sample, state));
  const amd64 = of(DEFAULT_PLATFORM.architecture);
  if (!isIndex(sample, state)) return amd64.image;
  return index([amd64, of('arm64'), attestation(amd64.image)]);
}

/** An image whose first layer all images have. */
function platformImage(text: string, architecture: string, count: number) {
  const platform = { architecture, os: 'linux' };
  const own = Array.from({ length: count - 1 }, (_, at) => ({
    bytes: Buffer.from(`${text} for ${architecture} ${at}`),
  }));
  const layers = [{ bytes: Buffer.from('base') }, ...own];
  return { platform, image: image({ config: JSON.stringify(platform), layers }) };
}

/** An image's name with its registry; what an image is known by, however it is spelled. */
export function fullName(name: string): string {
  return formatRepository(splitName(name));
}

function repositoryOf(name: string): string {
  return pathOf(fullName(name));
}

/** A registry's name may have a port, which is not a part of a repository's path. */
function pathOf(name: string): string {
  return name.replace(':', '-');
}

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blobPath, type ImageShape, imageLayout } from './image-layout.js';
import { type Registry, startRegistry } from './registry.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where a benchmark runs: folders of its own, a copy of the built program, which a new build does not replace, and a registry. */
export interface Place {
  readonly folder: string;
  readonly program: string;
  readonly registry: Registry;
  /** The OCI layout of an image that the registry has as `NAME:v1`. */
  layout(name: string): string;
  /** An environment without the settings of this machine, with a home, a temporary folder and caches that are new. */
  environment(): NodeJS.ProcessEnv & { readonly TMPDIR: string };
  close(): Promise<void>;
}

/** The tag of another index than that of `v1`, with the same image. */
export const NEW_INDEX_TAG = 'v1-again';

function newIndex(layout: string): string {
  const { digest } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0];
  const index = JSON.parse(readFileSync(blobPath(layout, digest), 'utf8'));
  return JSON.stringify({ ...index, annotations: { 'org.opencontainers.image.version': 'again' } });
}

/** Builds the images that are missing in the cache, under the system's temporary folder, and pushes them to a new registry. */
export async function openPlace(images: readonly ImageShape[]): Promise<Place> {
  const base = join(tmpdir(), 'pullpin-bench');
  const cache = join(base, 'images');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(base, 'run-'));
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const registry = await startRegistry(folder);
  const close = async (): Promise<void> => {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const layouts = new Map<string, string>();
    for (const image of images) {
      const layout = await imageLayout(image, cache);
      layouts.set(image.name, layout);
      await registry.push(layout, image.name, 'v1');
      if (image.isIndexed) await registry.putManifest(image.name, NEW_INDEX_TAG, newIndex(layout));
    }
    return {
      folder,
      program: join(folder, 'dist/main.cjs'),
      registry,
      layout: (name) => layouts.get(name) ?? '',
      environment: () => environment(mkdtempSync(join(folder, 'home-'))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

// As a rootless user, skopeo keeps its cache of blobs in the home folder, which is a new one for each run as in nix-prefetch-docker.
function environment(home: string) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_CACHE_HOME: join(home, 'cache'), TMPDIR: home };
  // Newer versions of Node.js keep compiled code, as they would for a user, whose temporary folder is not a new one each time.
  return { ...env, _CONTAINERS_ROOTLESS_UID: '1000', NODE_COMPILE_CACHE: join(home, '../compile-cache') };
}

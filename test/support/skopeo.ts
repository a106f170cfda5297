import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { narSha256 } from './nix-build.js';
import { temporaryFolder } from './temporary-folder.js';

/** What skopeo makes of an image: the sha256 in hex of what it wrote, or the reason why it wrote nothing. */
export type Judgement = { readonly sha256: string } | { readonly refused: string };

export interface Pull {
  /** `host/repository@sha256:…`, as nixpkgs joins imageName and imageDigest. */
  readonly image: string;
  readonly os?: string;
  readonly arch?: string;
}

export interface ArchivePull extends Pull {
  readonly finalName: string;
  readonly finalTag: string;
}

/** Runs the command of nixpkgs' dockerTools.pullImage and hashes its file. */
export async function skopeoArchive(pull: ArchivePull): Promise<Judgement> {
  const file = join(temporaryFolder(), 'image.tar');
  const refused = await copy(pull, `docker-archive://${file}:${pull.finalName}:${pull.finalTag}`);
  if (refused !== undefined) return { refused };
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  rmSync(file);
  return { sha256: hash.digest('hex') };
}

/** Runs the command of nix2container's pullImage and hashes the NAR of its folder with nix-hash. */
export async function skopeoDirectory(pull: Pull): Promise<Judgement> {
  const folder = join(temporaryFolder(), 'image');
  const refused = await copy(pull, `dir://${folder}`);
  if (refused !== undefined) return { refused };
  const sha256 = await narSha256(folder);
  rmSync(folder, { recursive: true });
  return { sha256 };
}

/** Pushes every image of an OCI layout without changing a byte of its manifests, as a user must for a digest to survive. */
export async function pushLayout(layout: string, destination: string): Promise<void> {
  const args = ['--insecure-policy', 'copy', '--all', '--preserve-digests', '--dest-tls-verify=false'];
  await execa('skopeo', [...args, `oci:${layout}`, `docker://${destination}`], environment());
}

async function copy({ image, os = 'linux', arch = 'amd64' }: Pull, destination: string): Promise<string | undefined> {
  const settings = environment();
  const args = ['--insecure-policy', `--tmpdir=${settings.env.TMPDIR}`, '--override-os', os, '--override-arch', arch];
  const result = await execa('skopeo', [...args, 'copy', '--src-tls-verify=false', `docker://${image}`, destination], {
    ...settings,
    reject: false,
    timeout: 60_000,
  });
  if (result.exitCode === 0) return undefined;
  // skopeo ends every refusal with a fatal line; anything else (killed, not installed, a crash) is not an answer.
  if (!result.stderr?.includes('level=fatal')) throw new Error(`skopeo did not finish: ${result.message}`);
  return result.stderr;
}

// As a rootless user, skopeo keeps its cache of blobs in the home folder, which is a new one for each run as in a Nix build.
function environment() {
  const home = temporaryFolder();
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, _CONTAINERS_ROOTLESS_UID: '1000' };
  return { env, extendEnv: false } as const;
}

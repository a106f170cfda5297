import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from './temporary-folder.js';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** The sha256 in hex of what skopeo makes of a layer's blob when it writes a docker-archive, or `refused`. */
export async function skopeoLayer(blob: Uint8Array): Promise<string> {
  const folder = temporaryFolder();
  writeImage(folder, blob);
  const archive = join(folder, 'image.tar');
  const args = [
    '--insecure-policy',
    `--tmpdir=${folder}`,
    'copy',
    `dir:${folder}`,
    `docker-archive:${archive}:layer:1`,
  ];
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, _CONTAINERS_ROOTLESS_UID: '1000' };
  const result = await execa('skopeo', args, { env: environment, extendEnv: false, reject: false, timeout: 60_000 });
  if (result.exitCode !== 0) {
    if (!result.stderr?.includes('level=fatal')) throw new Error(`skopeo did not finish: ${result.message}`);
    return 'refused';
  }
  const { stdout } = await execa('tar', ['-xf', archive, '-C', folder, '--wildcards', '--no-anchored', '-v', '*.tar']);
  const layer = stdout.split('\n').find((name) => /^[0-9a-f]{64}\.tar$/.test(name));
  if (layer === undefined) throw new Error(`no layer in the archive: ${readdirSync(folder)}`);
  rmSync(folder, { recursive: true });
  return layer.slice(0, 64);
}

/** An image of one layer, as skopeo's `dir:` transport stores it. The type says gzip; skopeo goes by the bytes. */
function writeImage(folder: string, layer: Uint8Array): void {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
  const descriptor = (mediaType: string, bytes: Uint8Array | string) => ({
    mediaType: `application/vnd.docker.${mediaType}`,
    size: bytes.length,
    digest: `sha256:${sha256(bytes)}`,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: descriptor('container.image.v1+json', config),
    layers: [descriptor('image.rootfs.diff.tar.gzip', layer)],
  };
  writeFileSync(join(folder, 'version'), 'Directory Transport Version: 1.1\n');
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, sha256(config)), config);
  writeFileSync(join(folder, sha256(layer)), layer);
}

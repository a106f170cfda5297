import { expect, test } from 'vitest';
import {
  DOCKER_LAYERS,
  DOCKER_MANIFEST_CONTENT,
  isOciZstdLayer,
  MANIFEST_TYPES,
  OCI_LAYERS,
} from '../../src/oci/media-types.js';

const OCI = 'application/vnd.oci.image.layer';
const DOCKER = 'application/vnd.docker.image.rootfs';

test('the layers that skopeo decompresses', () => {
  const oci = ['v1.tar', 'nondistributable.v1.tar'].flatMap((type) => [type, `${type}+gzip`, `${type}+zstd`]);
  expect([...OCI_LAYERS].sort()).toEqual(oci.map((type) => `${OCI}.${type}`).sort());
  const docker = ['diff.tar', 'diff.tar.gzip', 'foreign.diff.tar', 'foreign.diff.tar.gzip'];
  expect([...DOCKER_LAYERS].sort()).toEqual(docker.map((type) => `${DOCKER}.${type}`).sort());
});

test('zstd of Docker stands in its manifests, but is not decompressed', () => {
  expect(DOCKER_MANIFEST_CONTENT.has(`${DOCKER}.diff.tar.zstd`)).toBe(true);
  expect(DOCKER_LAYERS.has(`${DOCKER}.diff.tar.zstd`)).toBe(false);
  expect(DOCKER_MANIFEST_CONTENT.has(`${DOCKER}.foreign.diff.tar.zstd`)).toBe(false);
});

test('only OCI has layers called zstd', () => {
  expect([`${OCI}.v1.tar+zstd`, `${OCI}.nondistributable.v1.tar+zstd`].every(isOciZstdLayer)).toBe(true);
  expect([`${OCI}.v1.tar`, `${DOCKER}.diff.tar.zstd`, 'application/x+zstd', ''].some(isOciZstdLayer)).toBe(false);
});

test('six types are accepted, as by skopeo', () => {
  expect(new Set(MANIFEST_TYPES).size).toBe(6);
});

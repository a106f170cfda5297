import { expect, test } from 'vitest';
import { apiHost, canonicalRegistry } from '../../src/oci/docker-hub.js';

test('Docker Hub is one registry, whatever name of it was written', () => {
  for (const name of ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'Docker.IO', 'INDEX.docker.io'])
    expect(canonicalRegistry(name)).toBe('docker.io');
});

test('other registries differ by more than capital letters', () => {
  expect(canonicalRegistry('Quay.IO:443')).toBe('quay.io:443');
  for (const name of ['auth.docker.io', 'docker.io:5000', 'mydocker.io']) expect(canonicalRegistry(name)).toBe(name);
});

test('the host that answers has another name than the images of Docker Hub, and the same name elsewhere', () => {
  expect(apiHost('docker.io')).toBe('registry-1.docker.io');
  for (const name of ['quay.io', 'localhost:5000', 'index.docker.io']) expect(apiHost(name)).toBe(name);
});

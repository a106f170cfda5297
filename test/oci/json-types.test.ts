import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PullpinError } from '../../src/errors.js';
import { parseManifest } from '../../src/oci/manifest.js';
import { digestOf } from '../../src/oci/verified.js';
import { DOCKER, OCI } from '../support/images.js';

const D = digestOf('x');
const descriptor = (mediaType: string) => ({ mediaType, digest: D, size: 1 });
const SOUND: Readonly<Record<string, object>> = {
  [OCI.manifest]: { config: descriptor(OCI.config), layers: [descriptor(OCI.layer)] },
  [DOCKER.manifest]: {
    mediaType: DOCKER.manifest,
    config: descriptor(DOCKER.config),
    layers: [descriptor(DOCKER.layer)],
  },
  [OCI.index]: { manifests: [descriptor(OCI.manifest)] },
  [DOCKER.index]: { manifests: [descriptor(DOCKER.manifest)] },
};

/** Reads a sound manifest with one value changed; whether it was read. */
function isRead(mediaType: string, field: string, value: unknown): boolean {
  const body = structuredClone(SOUND[mediaType]);
  const keys = field.split('/');
  const last = keys.pop() ?? '';
  let place = Object(body);
  for (const key of keys) place = place[key] ??= {};
  place[last] = value;
  const bytes = Buffer.from(JSON.stringify(body));
  try {
    parseManifest({ bytes, mediaType, digest: digestOf(bytes) });
    return true;
  } catch (error) {
    if (error instanceof PullpinError) return false;
    throw error;
  }
}

test('a manifest is read as long as skopeo 1.9.3 takes the value of each of its fields', () => {
  const table: { mediaType: string; field: string; value: string; archive: string; folder: string }[] = JSON.parse(
    readFileSync(new URL('../../fixtures/skopeo/json-types.json', import.meta.url), 'utf8'),
  );
  // What else skopeo refuses is refused later, with the image itself.
  const taken = table.filter(({ archive, folder }) => archive === 'taken' && folder === 'taken');
  expect(taken.length).toBeGreaterThan(500);
  expect(taken.filter(({ mediaType, field, value }) => !isRead(mediaType, field, JSON.parse(value)))).toEqual([]);
});

test.each([
  [
    [OCI.manifest, OCI.index],
    ['schemaVersion', 'mediaType', 'annotations', 'subject', 'subject/size'],
  ],
  [[OCI.manifest], ['config/data', 'config/artifactType', 'config/platform/os.features', 'config/platform/os.version']],
  [[OCI.index], ['manifests/0/data', 'manifests/0/artifactType', 'manifests/0/platform/os.features']],
  [
    [DOCKER.manifest, DOCKER.index],
    ['schemaVersion', 'mediaType'],
  ],
  [[DOCKER.index], ['manifests/0/platform/features', 'manifests/0/platform/os.version']],
])('in %j a value of a wrong type is refused in %j', (mediaTypes, names) => {
  for (const mediaType of mediaTypes)
    for (const field of names.filter((name) => mediaType !== OCI.index || !name.startsWith('subject')))
      expect([mediaType, field, isRead(mediaType, field, true)]).toEqual([mediaType, field, false]);
});

test('fields that Go knows in OCI manifests only may be anything in those of Docker', () => {
  for (const field of ['annotations', 'subject', 'config/data', 'config/platform', 'layers/0/annotations'])
    expect([field, isRead(DOCKER.manifest, field, true)]).toEqual([field, true]);
  for (const field of ['annotations', 'manifests/0/annotations', 'manifests/0/data'])
    expect([field, isRead(DOCKER.index, field, true)]).toEqual([field, true]);
});

import { expect, test } from 'vitest';
import { PlatformError } from '../../src/oci/platform.js';
import { inspectImage } from '../../src/pin/inspect.js';
import { fixtureImages } from '../support/fixture-images.js';
import { type ImageContent, image, OCI } from '../support/images.js';
import { memorySource } from '../support/memory-source.js';
import { watched } from '../support/watched-source.js';

const { hello: HELLO, 'no-layers': SINGLE } = fixtureImages() as Record<string, ImageContent>;

test('an index is shown with one of its images, and no layer is downloaded', async () => {
  const source = watched(memorySource(HELLO!));
  const { digest, mediaType, index, manifest, facts } = await inspectImage('hello:1', {
    from: { source },
    platform: 'linux/arm64',
  });
  expect({ digest, mediaType }).toEqual({ digest: HELLO!.root.digest, mediaType: OCI.index });
  expect(index?.entries).toHaveLength(2);
  expect(facts).toMatchObject({ platform: { os: 'linux', architecture: 'arm64' }, created: '2024-05-01T12:00:00Z' });
  expect(source.opened).toEqual([manifest.config.digest]);
  await expect(inspectImage('hello:1', { from: { source }, platform: 'linux/s390x' })).rejects.toThrow(PlatformError);
});

test('a single image needs no platform', async () => {
  const inspection = await inspectImage('hello:1', { from: { source: memorySource(SINGLE!) } });
  expect(inspection).toMatchObject({ digest: SINGLE!.root.digest, mediaType: OCI.manifest, facts: { labels: {} } });
  expect(inspection.index).toBeUndefined();
});

test('an artifact can be inspected, although it cannot be pinned', async () => {
  const chart = image({
    config: '{"name":"chart"}',
    layers: [],
    configDescriptor: { mediaType: 'application/vnd.cncf.helm.config.v1+json' },
  });
  const { facts, manifest } = await inspectImage('chart:1', { from: { source: memorySource(chart) } });
  expect([facts, manifest.config.mediaType]).toEqual([{ labels: {} }, 'application/vnd.cncf.helm.config.v1+json']);
});

import { expect, test } from 'vitest';
import { pinImage } from '../../../src/pin/pin.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { image } from '../../support/images.js';
import { openClient } from '../../support/reading.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const MIB = 1024 * 1024;
const IMAGES = 3;

/** Layers too large to wait in memory. The config is wrong about them, so that each is read twice. */
function largeImage(at: number) {
  const diffIds = [1, 2].map((layer) => `sha256:${String(layer).repeat(64)}`);
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: diffIds } };
  const layers = [9, 10].map((size) => ({
    bytes: Buffer.alloc(size * MIB, at + 1),
    compression: 'gzip stored' as const,
  }));
  return image({ config: JSON.stringify(config), layers });
}

test.each([1, 2])(
  'layers that are opened before their turn never take the last place, with %i downloads at a time',
  async (concurrency) => {
    const registry = await startRegistry();
    for (let at = 0; at < IMAGES; at += 1) registry.add(`large-${at}:1`, largeImage(at));
    const registries = openClient({ concurrency });
    const pins = await Promise.all(
      Array.from({ length: IMAGES }, (_, at) =>
        pinImage(`${registry.host}/large-${at}:1`, { registries, temporaryFolder: temporaryFolder() }),
      ),
    );
    expect(new Set(pins.map(({ hash }) => hash)).size).toBe(IMAGES);
    expect(registry.lines.filter((line) => line.includes('/blobs/')).length).toBeGreaterThan(4 * IMAGES);
  },
);

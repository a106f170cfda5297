import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { archiveName } from '../../src/archive/docker-archive.js';
import { PullpinError } from '../../src/errors.js';
import { DEFAULT_PLATFORM } from '../../src/oci/platform.js';
import { resolve } from '../../src/pin/resolve.js';
import { prefetch } from '../../src/prefetch/prefetch.js';
import type { Target } from '../../src/prefetch/targets/target.js';
import { contentOf, type TypeCase, type TypeVerdict } from '../support/json-types.js';
import { memorySource } from '../support/memory-source.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Verdicts of skopeo 1.9.3; test/end-to-end/json-types.test.ts asks a real one, and writes the table with UPDATE_FIXTURES=1. */
const TABLE: readonly TypeVerdict[] = JSON.parse(
  readFileSync(new URL('../../fixtures/skopeo/json-types.json', import.meta.url), 'utf8'),
);

const FOLDER = temporaryFolder();
const ARCHIVE: Target = { type: 'docker-archive', name: archiveName('name', '1') };

async function verdict(each: TypeCase, target: Target): Promise<'taken' | 'refused'> {
  const content = contentOf(each);
  const source = memorySource(content);
  try {
    const request = { source, tagOrDigest: content.root.digest, platform: DEFAULT_PLATFORM };
    const { manifest } = await resolve({ ...request, digest: undefined });
    await prefetch({ source, manifest, temporaryFolder: FOLDER }, target);
    return 'taken';
  } catch (error) {
    if (error instanceof PullpinError) return 'refused';
    throw error;
  }
}

/** skopeo writes a folder without a config when the manifest has none; pullpin refuses that, because it cannot be an image (docs/hashes.md). */
const HAS_NO_CONFIG = /config(?:\/digest)?$/;

const key = ({ mediaType, field }: TypeCase): string => `${mediaType} ${field}`;
const fields = [...new Set(TABLE.map(key))];

describe('each type of JSON is accepted or refused as by skopeo', () => {
  test.each(fields)('%s', async (field) => {
    const rows = TABLE.filter((row) => key(row) === field);
    const ours = await Promise.all(
      rows.map(async ({ mediaType, field, value }) => ({
        ...{ mediaType, field, value },
        archive: await verdict({ mediaType, field, value }, ARCHIVE),
        folder: await verdict({ mediaType, field, value }, { type: 'nar' }),
      })),
    );
    const isRefused = (row: TypeVerdict): boolean => HAS_NO_CONFIG.test(field) && row.archive === 'refused';
    expect(ours).toEqual(rows.map((row) => (isRefused(row) ? { ...row, folder: 'refused' } : row)));
  });
});

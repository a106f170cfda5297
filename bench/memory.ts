// Pins an image of 2 GiB (uncompressed) and one of 40 layers from a registry of its own, and fails when that takes more than 200 MiB of resident memory
// or writes to any file: `npm run build && npx tsx bench/memory.ts`.
import { measuredRun } from './support/measured-run.js';
import { openPlace } from './support/place.js';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
const MAX_RESIDENT = 200 * MIB;
/** The file system notes when a file was last read, and this counts as a written page. */
const MAX_WRITTEN = MIB / 8;

/** Two layers that are read as they come, and many that are small enough to wait in memory as a whole. */
const IMAGES = [
  { name: 'two-layers', layers: [1.5 * GIB, 0.5 * GIB] },
  { name: 'many-layers', layers: Array.from({ length: 40 }, () => 24 * MIB) },
];

const place = await openPlace(IMAGES);
try {
  for (const { name } of IMAGES) {
    // Compiled code, which newer versions of Node.js keep, would count as written.
    const environment = { ...place.environment(), NODE_DISABLE_COMPILE_CACHE: '1' };
    const command = [process.execPath, place.program, 'pin', `${place.registry.host}/${name}:v1`, '--no-cache'];
    const { wall, resident, written } = await measuredRun(command, place.folder, { env: environment });
    console.log(`${name}: ${(resident / MIB).toFixed(0)} MiB resident, ${written} bytes written, ${wall.toFixed(1)} s`);
    if (resident > MAX_RESIDENT) throw new Error(`${name} took more than ${MAX_RESIDENT / MIB} MiB of memory`);
    if (written > MAX_WRITTEN) throw new Error('pinning wrote to the disk');
  }
} finally {
  await place.close();
}

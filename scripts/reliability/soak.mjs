// Pins images many times in one process: `node --expose-gc scripts/reliability/soak.mjs 10000 1`. Each hash must be the right one, and memory must
// stay flat: what is in use after the first tenth is compared with what is in use at the end.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoRegistry } from '../demo-registry.mjs';
import { fractions, ROOT, readSettings, report } from './settings.mjs';

const settings = readSettings(10_000);
const random = fractions(settings.seed);
/** How much more may be in use at the end, in MB: what V8 itself learns of hot code takes some. */
const MOST_GROWTH = 10;
const { fromProcess, connectRegistries, pinImage } = await import(`${ROOT}dist/index.js`);

const registry = await startDemoRegistry();
const home = mkdtempSync(join(tmpdir(), 'pullpin-soak-'));
const names = [...registry.repositories].flatMap(([name, { tags }]) =>
  [...tags.keys()].map((tag) => `${registry.host}/${name}:${tag}`),
);
const machine = { ...fromProcess(), home, environment: { TMPDIR: home } };
const registries = await connectRegistries(machine, {});
/** @type {Map<string, string>} */
const hashes = new Map();
/** A signal ends the campaign, and what was done is reported. */
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    isStopped = true;
  });
let wrong = 0;
let first = 0;
let done = 0;
for (; !isStopped && done < settings.number; done += 1) {
  const name = names[Math.floor(random() * names.length)] ?? '';
  const platform = random() < 0.5 ? 'linux/amd64' : 'linux/arm64';
  const { hash } = await pinImage(name, { registries, platform: name.includes('hello') ? 'linux/amd64' : platform });
  const key = `${name} ${name.includes('hello') ? '' : platform}`;
  if ((hashes.get(key) ?? hash.value ?? hash) !== (hash.value ?? hash)) wrong += 1;
  hashes.set(key, hash.value ?? hash);
  if (done === Math.ceil(settings.number / 10)) first = inUse();
}
const last = inUse();
await registries.close();
registry.close();
const left = readdirSync(home);
rmSync(home, { recursive: true });
const growth = last - first;
report(
  'pins in one process',
  settings,
  `${wrong} wrong, ${left.length} files left; in use after a tenth ${first.toFixed(1)} MB, at the end ${last.toFixed(1)} MB`,
);
process.exitCode = wrong === 0 && left.length === 0 && growth < MOST_GROWTH ? 0 : 1;

/** Memory in use, in MB: objects and buffers, after a collection. */
function inUse() {
  if (typeof gc !== 'function') throw new Error('run this with node --expose-gc');
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

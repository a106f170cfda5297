// How fast Nix source is parsed: `npx tsx bench/nix-parser.ts [FOLDER]`, over all .nix files of the folder (by default our fixtures),
// repeated to at least 20 MB for each round. The best of five rounds counts, because other programs on the machine can only make it slower.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseNix } from '../src/nix/language/parser.js';
import { NixSyntaxError } from '../src/nix/language/position.js';

const folder = process.argv[2] ?? 'fixtures/nix';
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.nix'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const bytes = sources.reduce((sum, source) => sum + Buffer.byteLength(source), 0);
const repeats = Math.ceil(20e6 / bytes);

const rates = Array.from({ length: 5 }, () => {
  const started = performance.now();
  for (let i = 0; i < repeats; i++) for (const source of sources) parse(source);
  return (bytes * repeats) / (performance.now() - started) / 1000;
});
console.log(`${sources.length} files, ${(bytes / 1e6).toFixed(1)} MB: ${Math.max(...rates).toFixed(1)} MB/s`);

function parse(source: string): void {
  try {
    parseNix(source, 'bench.nix');
  } catch (error) {
    if (!(error instanceof NixSyntaxError)) throw error;
  }
}

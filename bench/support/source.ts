import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundled } from '../../scripts/worker-source.mjs';

/** Imports a module of `src` that has WebAssembly among its parts, which the build puts in. @param path from the root */
export async function importSource<Module>(path: string): Promise<Module> {
  const folder = mkdtempSync(join(tmpdir(), 'pullpin-bench-'));
  try {
    const file = join(folder, 'module.mjs');
    writeFileSync(file, await bundled(path, 'es'));
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

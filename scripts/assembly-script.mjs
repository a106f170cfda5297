import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import asc from 'assemblyscript/asc';

// No SIMD: it brings nothing here, and not every processor has it.
const OPTIONS = ['--runtime', 'stub', '--noAssert', '-O3', '--enable', 'bulk-memory'];

/**
 * Lets a module import the AssemblyScript file `NAME.ts` as `NAME.wasm`: `{ wasm }`, the bytes of the module that it compiles to.
 *
 * @returns {import('vite').Plugin}
 */
export function assemblyScript() {
  return {
    name: 'assembly-script',
    enforce: 'pre',
    resolveId: (id, importer) => (id.endsWith('.wasm') && importer ? resolve(dirname(importer), id) : undefined),
    async load(id) {
      if (!id.endsWith('.wasm')) return undefined;
      const wasm = await compile(id.replace(/wasm$/, 'ts'));
      return `export const wasm = Buffer.from('${Buffer.from(wasm).toString('base64')}', 'base64');\n`;
    },
  };
}

/** @param {string} file */
async function compile(file) {
  let wasm = new Uint8Array();
  const { error, stderr } = await asc.main([file, ...OPTIONS, '--baseDir', '/', '--outFile', 'out.wasm'], {
    readFile: (name, base) => readFile(resolve(base, name), 'utf8').catch(() => null),
    writeFile: (_, contents) => {
      wasm = typeof contents === 'string' ? Buffer.from(contents) : contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${file} does not compile: ${stderr.toString()}`, { cause: error });
  return wasm;
}

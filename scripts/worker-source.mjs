import { builtinModules } from 'node:module';
import { dirname, resolve } from 'node:path';
import { build } from 'vite';
import { assemblyScript } from './assembly-script.mjs';

const SUFFIX = '?worker';

/**
 * Lets a module import a file for a worker thread as `FILE.js?worker`: `{ source }`, the file and all that it needs as one script. Because it is text within
 * the program, it is found wherever the bundle is.
 *
 * @returns {import('vite').Plugin}
 */
export function workerSource() {
  return {
    name: 'worker-source',
    enforce: 'pre',
    resolveId: (id, importer) => (id.endsWith(SUFFIX) && importer ? resolve(dirname(importer), id) : undefined),
    async load(id) {
      if (!id.endsWith(SUFFIX)) return undefined;
      const source = await bundled(id.slice(0, -SUFFIX.length).replace(/js$/, 'ts'), 'cjs');
      return `export const source = ${JSON.stringify(source)};\n`;
    },
  };
}

/**
 * A file of `src` and all that it imports, as one script.
 *
 * @param {string} file
 * @param {'cjs' | 'es'} format
 * @param {import('vite').Plugin[]} plugins
 */
export async function bundled(file, format, plugins = [assemblyScript()]) {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    plugins,
    ssr: { noExternal: true },
    build: {
      ssr: file,
      write: false,
      target: 'node20',
      minify: true,
      rolldownOptions: {
        external: [...builtinModules, /^node:/],
        // Compiling to WebAssembly takes most of the time of a build, and is no reason for a warning.
        checks: { bundlerTimings: false },
        output: { format, codeSplitting: false },
      },
    },
  });
  if (!('output' in result)) throw new TypeError(`${file} has no bundle`);
  return result.output[0].code;
}

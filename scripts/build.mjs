// Builds dist/: the executable as one bundle (main.cjs and chunks that load when a command needs them), the library (index.js, which
// imports its packages as any library does) and its declarations. The executable is CommonJS, for Node starts that sooner: no second
// loader, and Node's own modules come without a copy of each of their exports, which for some means to make it.
import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

const { build } = await import('vite').catch(() => {
  console.error(
    'build: the development packages are not installed; run npm ci without --omit=dev and with NODE_ENV unset',
  );
  process.exit(1);
});
const { workerSource } = await import('./worker-source.mjs');
const { assemblyScript } = await import('./assembly-script.mjs');
const { handlebarsTemplates } = await import('./handlebars-templates.mjs');
const { smallUndici } = await import('./small-undici.mjs');

// What each command that looks at an image needs, in one file instead of several small ones.
const SHARED = {
  name: 'shared',
  test: /[\\/]src[\\/](errors|machine[\\/]|oci[\\/]|concurrency[\\/]|cache[\\/](cache|open-cache)\.|pin[\\/]resolve|cli[\\/](terminal|options[\\/]platforms|resources[\\/](cache|references)))/,
};

/** @param {{ entry: string, bundled: boolean }} part */
function bundle({ entry, bundled }) {
  const ending = bundled ? 'cjs' : 'js';
  return build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [
      assemblyScript(),
      workerSource(),
      handlebarsTemplates(),
      ...(bundled ? [smallUndici(), ascii(), licences()] : []),
    ],
    ssr: { noExternal: bundled ? true : undefined, external: bundled ? undefined : true },
    build: {
      ssr: entry,
      outDir: dist,
      emptyOutDir: false,
      target: 'node20',
      minify: bundled,
      rollupOptions: {
        external: [...builtinModules, /^node:/],
        output: {
          format: bundled ? 'cjs' : 'es',
          codeSplitting: bundled ? { groups: [SHARED] } : true,
          // What loads Node's own modules late must not start the other loader for them.
          dynamicImportInCjs: false,
          entryFileNames: `[name].${ending}`,
          chunkFileNames: `${bundled ? 'chunks' : 'library'}/[name]-[hash].${ending}`,
        },
      },
    },
  });
}

/**
 * Chunks of ASCII: Node takes such a file as it is, where one arrow makes it twice as long in memory and slower to read. What is above
 * ASCII stands in texts and patterns, in which an escape means the same.
 *
 * @returns {import('vite').Plugin}
 */
function ascii() {
  return {
    name: 'ascii',
    generateBundle(_, chunks) {
      for (const chunk of Object.values(chunks))
        if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/[^\0-\x7f]/g, escaped);
    },
  };
}

/** @param {string} unit */
function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * The licences of the packages within the bundle, which they ask to travel along.
 *
 * @returns {import('vite').Plugin}
 */
function licences() {
  return {
    name: 'licences',
    async generateBundle(_, chunks) {
      const modules = Object.values(chunks).flatMap((chunk) => (chunk.type === 'chunk' ? (chunk.moduleIds ?? []) : []));
      const folders = new Set(
        modules.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? []),
      );
      const texts = await Promise.all([...folders].sort().map(licenceOf));
      const source = texts.join(`\n${'-'.repeat(78)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source });
    },
  };
}

/** @param {string} folder */
async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? await readFile(join(folder, file), 'utf8') : '';
  return `${name} ${version} (${license})\n\n${text}`;
}

await rm(dist, { recursive: true, force: true });
await bundle({ entry: join('src', 'main.ts'), bundled: true });
await bundle({ entry: join('src', 'index.ts'), bundled: false });
const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc');
await promisify(execFile)(process.execPath, [tsc, '--project', `${root}src${sep}tsconfig.json`], { cwd: root }).catch(
  (error) => {
    console.error(error.stdout);
    process.exit(1);
  },
);

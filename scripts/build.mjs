// Builds dist/: the executable (main.cjs and chunks that load when a command needs them), the library (index.js and its chunks) and the
// library's declarations. Both are bundles with everything that they need, so that nothing else is installed. The executable is minified
// CommonJS, because Node starts it sooner: there is no second loader, and Node's own modules come without a copy of each of their exports,
// some of which would have to be computed. The library is an ES module whose chunks can be read.
import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sbomOf } from './sbom.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

const { build } = await import('vite').catch(() => {
  console.error(
    'build: the development packages are not installed; run npm ci without --omit=dev and with NODE_ENV unset',
  );
  process.exit(1);
});
const { workerSource } = await import('./worker-source.mjs');
const { errorNames } = await import('./error-names.mjs');
const { assemblyScript } = await import('./assembly-script.mjs');
const { handlebarsTemplates } = await import('./handlebars-templates.mjs');
const { smallUndici } = await import('./small-undici.mjs');
const { source } = await import('./run-source.mjs');

/** With SOURCE_MAPS=1 each chunk has its map beside it: scripts/coverage.mjs reads there which line of src a piece of a chunk was. */
const MAPS = process.env['SOURCE_MAPS'] === '1';

const unused = new Set();

/**
 * Whether a module is one of these files, or in one of these folders (with a slash at the end), `*` being any name. One that no module fits is
 * noticed: it is from before a file was moved.
 *
 * @param {string[]} places in src
 */
function among(...places) {
  const patterns = places.map((place) => {
    unused.add(place);
    const path = place.replaceAll('*', '[^/]+');
    return { place, pattern: new RegExp(`/src/${path.endsWith('/') ? path : `${path}\\.ts$`}`) };
  });
  return (/** @type {string} */ id) => {
    const found = patterns.filter(({ pattern }) => pattern.test(id.replaceAll(sep, '/')));
    for (const { place } of found) unused.delete(place);
    return found.length > 0;
  };
}

const HANDLEBARS = /[\\/]handlebars[\\/](?:runtime\.js|dist[\\/]cjs[\\/](?!handlebars(?:\.js|[\\/]compiler)))/;

/**
 * @param {(id: string) => boolean} ours
 * @param {RegExp} others modules of a package
 */
function either(ours, others) {
  return (/** @type {string} */ id) => others.test(id) || ours(id);
}

// Chunks join modules that are needed together, because each file costs Node about half a millisecond to open.
const GROUPS = [
  // Every start.
  {
    name: 'start',
    priority: 3,
    test: among(
      ...['errors', 'machine/machine', 'machine/environment', 'machine/regular-file', 'machine/file-errors'],
      ...['cli/terminal/exit-code', 'cli/terminal/format', 'cli/terminal/outcome', 'cli/terminal/output'],
      ...['cli/terminal/print', 'cli/terminal/report', 'cli/terminal/stdin', 'cli/terminal/style'],
      ...['concurrency/heavy-work', 'cli/options/', 'cli/elsewhere/', 'cli/commands/*/options'],
      ...['cli/commands/bump/machine-options', 'bump/shards/shard'],
      ...['cli/config-files/find-files', 'cli/config/with-settings', 'signature/policy'],
      ...['shared-cache/address', 'shared-cache/entries/key-text'],
    ),
  },
  // Modules for a look-up of an image.
  {
    name: 'look-up',
    priority: 2,
    test: among(
      ...['oci/', 'machine/', 'concurrency/', 'cache/cache', 'cache/open-cache', 'pin/resolve', 'pin/open-image'],
      ...['nix/literals/', 'nix-store/', 'cli/resources/kept-archive', 'pin/check-served'],
      ...['files/near-source', 'registry/http/connection-error', 'registry/tls/explain-certificate'],
      ...['cli/resources/cache', 'cli/resources/references', 'cli/resources/sources', 'cli/resources/registries'],
      'cli/resources/shared-cache',
    ),
  },
  // Modules that find pins in files.
  {
    name: 'pin-sites',
    priority: 1,
    test: among(
      ...['list/', 'nix/language/', 'nix/values/', 'nix/evaluation/', 'nix/find/', 'files/find-files', 'files/walk'],
      ...['text/*', 'text/json/', 'text/tree/'],
      ...['cli/selection/chosen-pins', 'cli/selection/pin-files'],
    ),
  },
  // Modules for a hash.
  {
    name: 'hashing',
    priority: 1,
    test: among(
      ...['archive/', 'prefetch/prefetch', 'prefetch/download/spool', 'prefetch/download/bounded-source'],
      ...['prefetch/image/config', 'pin/pin', 'pin/inspect', 'cli/progress/downloads', 'cli/progress/progress'],
      ...['cli/resources/backend', 'cli/resources/signatures', 'pin/platforms', 'pin/shared-image'],
      'cli/terminal/live-lines',
    ),
  },
  // Tables, and what they need to know of the widths of characters.
  {
    name: 'table',
    priority: 2,
    test: among('cli/terminal/table'),
  },
  // The client of registries, with the credentials that doctor also looks at.
  {
    name: 'connect',
    priority: 1,
    test: among('registry/connect', 'registry/credentials/'),
  },
  // Handlebars without its compiler, and what built-in templates call. A page needs the former only.
  {
    name: 'handlebars',
    priority: 1,
    test: either(among('nix/render/helpers/helper'), HANDLEBARS),
  },
];

/** The folders of the packages that are within the bundles. */
const packages = new Set();

/**
 * @param {string[]} entries files of src
 * @param {{ plugins?: import('vite').Plugin[], minify: boolean, output: import('vite').Rolldown.OutputOptions }} kind
 */
function bundle(entries, { plugins = [], minify, output }) {
  return build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [
      errorNames(),
      assemblyScript(),
      workerSource(),
      handlebarsTemplates(),
      smallUndici(),
      ...plugins,
      notePackages(),
    ],
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: dist,
      emptyOutDir: false,
      target: 'node20',
      sourcemap: MAPS && 'hidden',
      minify,
      rolldownOptions: {
        input: entries.map((entry) => join(root, 'src', entry)),
        external: [...builtinModules, /^node:/],
        preserveEntrySignatures: 'strict',
        // yargs' parser comes in a file with what lays out its help; that is left out, because it does nothing before it is called.
        treeshake: { moduleSideEffects: (id) => !/[\\/]node_modules[\\/](yargs|cliui|y18n)[\\/]/.test(id) },
        // smol-toml is in a chunk of its own all the same: what evaluates Nix needs it at once, registries.conf rarely.
        checks: { ineffectiveDynamicImport: false, bundlerTimings: false },
        output,
      },
    },
  });
}

/** @type {Parameters<typeof bundle>[1]} */
const EXECUTABLE = {
  // An escape is longer than its character, and a map would point beside what it means.
  plugins: [...(MAPS ? [] : [ascii()]), keepLate()],
  minify: true,
  output: {
    format: 'cjs',
    codeSplitting: { groups: GROUPS },
    // Late imports of Node's own modules must not start the loader of ES modules.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
  },
};

/** @type {Parameters<typeof bundle>[1]} */
const LIBRARY = {
  minify: false,
  output: {
    format: 'es',
    // Chunks keep the export names of the source.
    minifyInternalExports: false,
    entryFileNames: '[name].js',
    chunkFileNames: 'library/[name].js',
  },
};

/**
 * Makes chunks of ASCII only: Node keeps such a file as it is, while one arrow makes it twice as long in memory and slower to read. Other
 * characters stand only in strings and patterns, in which an escape means the same.
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
 * Keeps late modules out of the chunks of GROUPS: a late module in such a chunk would load with all the others of it. The chunk `connect` as a
 * whole is late.
 *
 * @returns {import('vite').Plugin}
 */
function keepLate() {
  const groups = new Set(GROUPS.map(({ name }) => name).filter((name) => name !== 'connect'));
  return {
    name: 'keep-late',
    generateBundle(_, chunks) {
      for (const chunk of Object.values(chunks)) {
        if (chunk.type !== 'chunk' || !groups.has(chunk.name)) continue;
        const late = (chunk.moduleIds ?? []).filter((id) => {
          const { importers = [], dynamicImporters = [] } = this.getModuleInfo(id) ?? {};
          return dynamicImporters.length > 0 && importers.length === 0;
        });
        if (late.length > 0)
          this.error(`the chunk ${chunk.name} has modules that are to load late: ${late.join(', ')}`);
      }
    },
  };
}

/** @returns {import('vite').Plugin} */
function notePackages() {
  return {
    name: 'note-packages',
    generateBundle(_, chunks) {
      const modules = Object.values(chunks).flatMap((chunk) => (chunk.type === 'chunk' ? (chunk.moduleIds ?? []) : []));
      for (const id of modules) {
        const [folder] = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [];
        if (folder) packages.add(folder);
      }
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

/** Keeps the declarations that the library's own declarations import. */
async function pruneDeclarations() {
  const types = join(dist, 'types');
  const kept = new Set();
  const waiting = [join(types, 'index.d.ts')];
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (kept.has(file)) continue;
    kept.add(file);
    const imported = (await readFile(file, 'utf8')).matchAll(/from '(\.[^']+)\.js'/g);
    for (const [, path = ''] of imported) waiting.push(join(dirname(file), `${path}.d.ts`));
  }
  const all = await readdir(types, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) if (!kept.has(file)) await rm(file);
}

await rm(dist, { recursive: true, force: true });
await bundle(['main.ts', 'nix-prefetch-docker.ts'], EXECUTABLE);
if (unused.size > 0)
  throw new Error(`GROUPS of build.mjs names what is not in the executable: ${[...unused].join(', ')}`);
for (const executable of ['main.cjs', 'nix-prefetch-docker.cjs']) await chmod(join(dist, executable), 0o755);
await bundle(['index.ts'], LIBRARY);
await writeFile(join(dist, 'sbom.cdx.json'), await sbomOf(root, [...packages].sort()));
// The packages' licences require that they are included.
const licences = await Promise.all([...packages].sort().map(licenceOf));
await writeFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences.join(`\n${'-'.repeat(78)}\n\n`));
const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc');
await promisify(execFile)(process.execPath, [tsc, '--project', `${root}src${sep}tsconfig.json`], { cwd: root }).catch(
  (error) => {
    console.error(error.stdout);
    process.exit(1);
  },
);
await pruneDeclarations();
await writeFile(join(dist, 'pullpin.schema.json'), await configSchema());
for (const [name, text] of await fileSchemas()) await writeFile(join(dist, name), text);
await writeFile(join(dist, 'pullpin.1'), await manPage());

/** The JSON Schema of pullpin.toml, for editors, from the table of options. */
async function configSchema() {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  const module = await source('src/cli/config/schema.ts');
  return `${JSON.stringify({ ...toJsonSchema(module.CONFIG_SCHEMA), title: 'pullpin.toml' }, null, 2)}\n`;
}

/** The JSON Schemas of images.toml, of its lock and of plans. Keys that are names keep their patterns. */
async function fileSchemas() {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  const { IMAGES_SCHEMA } = await source('src/lock/images-schema.ts');
  const { LOCK_SCHEMA } = await source('src/lock/lock-schema.ts');
  const { PLAN_SCHEMA } = await source('src/bump/plan-file/plan-schema.ts');
  return [
    ['images.schema.json', toJsonSchema(IMAGES_SCHEMA), 'images.toml'],
    ['images.lock.schema.json', toJsonSchema(LOCK_SCHEMA), 'images.lock.json'],
    ['plan.schema.json', toJsonSchema(PLAN_SCHEMA), 'A plan of pullpin bump --plan'],
  ].map(([name, schema, title]) => [name, `${JSON.stringify({ ...schema, title }, null, 2)}\n`]);
}

/** The man page, from the same table. */
async function manPage() {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const { manPage } = await source('src/cli/man/man-page.ts');
  const { HELP_SOURCE } = await source('src/cli/help-source.ts');
  return manPage(HELP_SOURCE, version);
}

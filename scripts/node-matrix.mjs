// npm run test:nodes: runs the built programs and the library with each version of Node that pullpin supports, and compares what they print and
// write, to the byte: a hash must not depend on Node. `npm run test:nodes -- 22 24` takes some of them, and `--tests` runs tests as well.
// npm's packages node-PLATFORM-ARCH have the binaries; they are installed into a temporary folder.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDemo } from './demo-folder.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SUPPORTED = ['20', '22', '24', '26'];

/** Pieces of real work, each a line for a shell in the folder of the demo: all compressions, a Nix file, a lock, the other program, the library. */
const WORK = [
  'pullpin redis:7.4 ghcr.io/acme/web:1.29 --no-cache',
  ...['hello', 'zstd', 'docker-schema2', 'arm-variants'].map(
    (name) => `pullpin --json x/y:1 --from oci:$IMAGES/${name}`,
  ),
  'pullpin --template nix2container redis:7.4',
  'pullpin --template per-system --system x86_64-linux --system aarch64-linux redis:7.4',
  'pullpin list --json',
  'pullpin check --json',
  'pullpin bump --diff -n',
  'pullpin bump',
  'pullpin lock add cache redis:7.4 && pullpin lock --check',
  'pullpin explain --image redis:7.4 --got sha256-RWRwgXJLputzf7yjOADJ+Ux7CuwuNbDJV8Ko7JRi7W0=',
  'nix-prefetch-docker --image-name redis --image-tag 7.4 --json --quiet',
  'pullpin digest redis:none',
  'pullpin completion zsh; pullpin --help',
  `"$NODE" --input-type=module -e "$LIBRARY"`,
];
const LIBRARY = `
  const { connectRegistries, fromProcess, pinImage, createRenderer, openPinFiles, planBump, planToMarkdown } = await import('${root}dist/index.js');
  const registries = await connectRegistries(fromProcess());
  const pin = await pinImage('postgres:17', { registries, platform: 'linux/arm64' });
  console.log((await createRenderer()).render([pin]));
  console.log(planToMarkdown(await planBump(await openPinFiles(['hosts/']), { registries })));
  await registries.close();
`;
/** Start, streams, TLS, threads, WebAssembly, signals: what changes between versions of Node. */
const TESTS = [
  ...[
    'test/cli/main.test.ts',
    'test/compression',
    'test/registry/transport',
    'test/registry/tls',
    'test/prefetch/download',
  ],
  ...['test/end-to-end/bump.test.ts', 'test/end-to-end/byte-equality.test.ts', 'test/end-to-end/bad-input.test.ts'],
];

const words = process.argv.slice(2);
const withTests = words.includes('--tests');
const asked = words.filter((word) => word !== '--tests');
const strange = asked.find((major) => !SUPPORTED.includes(major));
if (strange !== undefined) {
  console.error(`node-matrix: ${strange} is no version that pullpin supports: ${SUPPORTED.join(', ')}, or --tests`);
  process.exit(2);
}

const place = mkdtempSync(join(tmpdir(), 'pullpin-nodes-'));
/** What the first version did, line of work by line. @type {readonly string[] | undefined} */
let expected;
try {
  for (const major of asked.length > 0 ? asked : SUPPORTED)
    process.exitCode = (await tryWith(major)) && !process.exitCode ? 0 : 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** @param {string} major @returns whether all is well */
async function tryWith(major) {
  const node = install(major);
  if (node === undefined) {
    console.log(`Node ${major}: npm could not install it for ${process.platform} on ${process.arch}`);
    return false;
  }
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const done = await work(node);
  expected ??= done;
  const other = WORK.filter((_, at) => done[at] !== expected?.[at]);
  for (const [at, line] of WORK.entries())
    if (other.includes(line)) console.log(difference(line, done[at] ?? '', expected[at] ?? ''));
  console.log(`${version}: ${WORK.length - other.length} of ${WORK.length} pieces of work as expected`);
  if (!withTests) return other.length === 0;
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(node, [vitest, 'run', '--reporter=dot', ...TESTS], { cwd: root, stdio: 'inherit' });
  console.log(`${version}: tests ${status === 0 ? 'passed' : 'failed'}`);
  return other.length === 0 && status === 0;
}

/** The first line that is other than expected. @param {string} command @param {string} now @param {string} before */
function difference(command, now, before) {
  const [lines, wanted] = [now.split('\n'), before.split('\n')];
  const at = lines.findIndex((line, index) => line !== wanted[index]);
  return `${command}\n  ${lines[at] ?? '(nothing more)'}\nin place of\n  ${wanted[at] ?? '(nothing)'}`;
}

/** The newest release of a major version. @param {string} major */
function install(major) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(place, major);
  const quiet = ['--no-save', '--silent', '--no-audit', '--no-fund', '--prefer-offline', '--prefix', folder];
  const { status } = spawnSync('npm', ['install', ...quiet, `${name}@${major}`], { cwd: place, stdio: 'inherit' });
  return status === 0 ? join(folder, 'node_modules', name, 'bin', 'node') : undefined;
}

/** What each line printed, its exit code, and the files after it; the first line must print something. @param {string} node */
async function work(node) {
  const demo = await startDemo({ node });
  const { HOME, PATH, ...git } = demo.env;
  const env = { HOME, PATH, ...git, TMPDIR: demo.home, IMAGES: join(root, 'fixtures/images'), NODE: node, LIBRARY };
  /** @type {string[]} */
  const done = [];
  try {
    for (const line of WORK) {
      const printed = await printedBy(line, demo.folder, env);
      done.push(
        `${printed}${filesOf(demo.folder)}`.replaceAll(demo.home, 'HOME').replaceAll(demo.registry.host, 'HOST'),
      );
    }
  } finally {
    await demo.close();
  }
  if (!done[0]?.includes('dockerTools.pullImage {')) throw new Error(`nothing was pinned: ${done[0]}`);
  return done;
}

/** @param {string} line @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<string>} */
function printedBy(line, cwd, env) {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `{ ${line}\n} 2>&1`], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 60_000,
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    child.once('error', reject).once('close', (code, signal) => resolve(`${printed}(${code ?? signal})\n`));
  });
}

/** @param {string} folder */
function filesOf(folder) {
  const names = /** @type {string[]} */ (readdirSync(folder, { recursive: true })).sort();
  const files = names.filter(
    (name) => !/^(?:\.git|result)(?:\/|$)/.test(name) && statSync(join(folder, name)).isFile(),
  );
  return files.map((name) => `\n== ${name}\n${readFileSync(join(folder, name), 'utf8')}`).join('');
}

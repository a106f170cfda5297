// npm run release: checks that this commit can be released, and makes the tarball in release/. It tags only with --tag and publishes only with
// --publish; --dry-run does neither, whatever else is asked. --no-tests is for a CI that has run them. See docs/packaging.md.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const OPTIONS = ['--dry-run', '--no-tests', '--tag', '--publish'];

/** What the package has, as patterns of paths: each stands for at least one file, and there is no other file. */
const CONTENT = [
  ...[/^package\.json$/, /^README\.md$/, /^LICENSE$/, /^CHANGELOG\.md$/, /^docs\/[\w-]+\.(?:md|svg)$/],
  /^docs\/recipes\/[\w-]+\.md$/,
  ...[/^templates\/[\w-]+\.hbs$/, /^templates\/partials\/[\w-]+\.hbs$/, /^templates\/check\/page\.(?:css|html\.hbs)$/],
  ...[/^dist\/main\.cjs$/, /^dist\/nix-prefetch-docker\.cjs$/, /^dist\/chunks\/[\w.-]+\.cjs$/, /^dist\/pullpin\.1$/],
  ...[
    /^dist\/index\.js$/,
    /^dist\/library\/[\w.-]+\.js$/,
    /^dist\/types\/[\w/.-]+\.d\.ts$/,
    /^dist\/[\w.]+\.schema\.json$/,
  ],
  ...[/^dist\/THIRD-PARTY-LICENSES\.txt$/, /^dist\/sbom\.cdx\.json$/],
];

const asked = new Set(process.argv.slice(2));
const isDry = asked.has('--dry-run');
const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const tag = `v${about.version}`;

try {
  release();
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

function release() {
  const unknown = [...asked].find((word) => !OPTIONS.includes(word));
  if (unknown !== undefined) throw new Error(`there is no option ${unknown}; there are ${OPTIONS.join(', ')}`);
  refuse([...treeProblems(), ...changelogProblems(), ...packageProblems()]);
  run('npm', ['run', '--silent', 'build']);
  if (!asked.has('--no-tests')) run('npm', ['test']);
  const { file, paths } = pack();
  refuse([...contentProblems(paths), ...sbomProblems()]);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  console.log(`${file}\n  ${paths.length} files, sha256 ${sha256}`);
  if (asked.has('--tag')) act('git', ['tag', '--annotate', tag, '--message', `pullpin ${about.version}`]);
  if (asked.has('--publish')) {
    if (!isDry && gitText('tag', '--points-at', 'HEAD', '--list', tag) === '')
      throw new Error(`${tag} is no tag of this commit: add --tag`);
    act('npm', ['publish', '--provenance', file]);
  }
  console.log(isDry ? 'release: nothing was tagged or published, this was a dry run' : 'release: done');
}

/** @param {readonly string[]} problems */
function refuse(problems) {
  if (problems.length > 0)
    throw new Error(`${about.name} ${about.version} cannot be released:\n  ${problems.join('\n  ')}`);
}

function treeProblems() {
  const changed = gitText('status', '--porcelain');
  const tagged = gitText('tag', '--list', tag) !== '' && gitText('tag', '--points-at', 'HEAD', '--list', tag) === '';
  return [
    ...(changed === ''
      ? []
      : [
          `files are not committed: ${changed
            .split('\n')
            .map((line) => line.slice(3))
            .join(', ')}`,
        ]),
    ...(tagged ? [`the tag ${tag} is there already, for another commit: raise the version in package.json`] : []),
  ];
}

/** The newest section must be of this version and have a date; what is unreleased would be lost to its readers. */
function changelogProblems() {
  const sections = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m).slice(1);
  const [heading = '', ...body] = (sections.find((text) => !text.startsWith('Unreleased')) ?? '').split('\n');
  const unreleased =
    sections
      .find((text) => text.startsWith('Unreleased'))
      ?.split('\n')
      .slice(1)
      .join('')
      .trim() ?? '';
  const [, version, date = ''] = /^(\S+) - (\d{4}-\d\d-\d\d)$/.exec(heading) ?? [];
  const isDate = !Number.isNaN(Date.parse(date)) && Date.parse(date) <= Date.now();
  return [
    ...(unreleased === ''
      ? []
      : [`CHANGELOG.md has entries under "Unreleased": move them to "## ${about.version} - YYYY-MM-DD"`]),
    ...(version === about.version && isDate && body.join('').trim() !== ''
      ? []
      : [
          `CHANGELOG.md has no newest section "## ${about.version} - YYYY-MM-DD" with entries, and a day that is not in the future`,
        ]),
  ];
}

/** What npm's provenance needs: it shows which repository a package was built from. */
function packageProblems() {
  return [
    ...(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(about.version) ? [] : [`the version ${about.version} is not one of semver`]),
    ...(about.publishConfig?.provenance === true ? [] : ['package.json has no publishConfig.provenance']),
    ...(/^git\+https:\/\/\S+\.git$/.test(about.repository?.url ?? '')
      ? []
      : ['package.json has no repository.url git+https://….git, which provenance needs']),
    ...(about.private === true ? ['package.json is private'] : []),
  ];
}

/** Packs what was built. */
function pack() {
  const folder = join(root, 'release');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const [{ filename, files }] = JSON.parse(
    text('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
  );
  const paths = files.map((/** @type {{ path: string }} */ { path }) => path);
  return { file: join('release', filename), paths: /** @type {string[]} */ (paths) };
}

/** @param {readonly string[]} paths */
function contentProblems(paths) {
  const foreign = paths.filter((path) => !CONTENT.some((pattern) => pattern.test(path)));
  const absent = CONTENT.filter((pattern) => !paths.some((path) => pattern.test(path)));
  return [
    ...foreign.map((path) => `the package has ${path}, which is not in the list of scripts/release.mjs`),
    ...absent.map((pattern) => `the package has no file ${pattern}`),
  ];
}

/** Each package whose licence is in the bundles must be in the bill of materials, and no other. */
function sbomProblems() {
  const { components } = JSON.parse(readFileSync(join(root, 'dist/sbom.cdx.json'), 'utf8'));
  const listed = components.map(
    (/** @type {{ name: string, version: string }} */ { name, version }) => `${name} ${version}`,
  );
  const licences = readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8').split(`\n${'-'.repeat(78)}\n\n`);
  const within = licences.map((licence) => licence.slice(0, licence.indexOf(' (')));
  const alone = [...within, ...listed].filter((name) => !within.includes(name) || !listed.includes(name));
  const unhashed = components.filter((/** @type {{ hashes?: unknown[] }} */ { hashes }) => hashes === undefined);
  return [
    ...alone.map((name) => `sbom.cdx.json and THIRD-PARTY-LICENSES.txt do not both have ${name}`),
    ...unhashed.map((/** @type {{ name: string }} */ { name }) => `sbom.cdx.json has no hash of ${name}`),
  ];
}

/** Does what cannot be undone, unless this is a dry run. @param {string} program @param {string[]} words */
function act(program, words) {
  console.log(`${isDry ? 'would run' : 'running'}: ${program} ${words.join(' ')}`);
  if (!isDry) run(program, words);
}

/** @param {string} program @param {string[]} words */
function run(program, words) {
  const { status } = spawnSync(program, words, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} failed`);
}

/** @param {string[]} words */
function gitText(...words) {
  return text('git', words).trimEnd();
}

/** @param {string} program @param {string[]} words */
function text(program, words) {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} failed: ${stderr}`);
  return stdout;
}

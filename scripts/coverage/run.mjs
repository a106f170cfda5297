// npm run test:coverage [-- --keep] [-- FOLDER…]: which lines of src the tests run, in vitest's own process (V8 counts there) and in the programs that tests start
// (V8 counts in each, and source maps of a build made for this say which lines these were). Writes coverage/lines.json, prints each room, and fails below the goal.
// With FOLDERs, such as test/oci, only their tests run; with --keep the results of earlier runs, of an unchanged src, count too.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childLines } from './child-lines.mjs';

const GOAL = 95;
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'coverage');
// What these say of the package, of nixpkgs and of this documentation adds no line, and takes long.
const LEFT_OUT = ['packaging', 'docs', 'newcomer', 'reliability'];

const words = process.argv.slice(2).filter((word) => word !== '--keep');
if (!process.argv.includes('--keep')) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const build = (maps) => run(['npm', 'run', '--silent', 'build'], { SOURCE_MAPS: maps ? '1' : '' });
const built = build(true);
const part = join(folder, `part-${readdirSync(folder).length}`);
const children = join(part, 'children');
const tests = run(
  ['npx', 'vitest', 'run', '--coverage', `--coverage.reportsDirectory=${join(part, 'own')}`, ...chosen()],
  // Vitest builds once more when it finds something newer than the build.
  { CHILD_COVERAGE: children, SOURCE_MAPS: '1' },
);
writeFileSync(
  join(part, 'child-lines.json'),
  JSON.stringify([...childLines(children)].map(([file, lines]) => [file, [...lines]])),
);
rmSync(children, { recursive: true, force: true });
const share = report();
// Other runs of the tests judge the program as it is published.
build(false);
process.exitCode = built || tests || (share < GOAL ? 1 : 0);

/** @returns {number} the exit code */
function run([program = '', ...args], env) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
}

function chosen() {
  const all = words.filter((word) => !word.startsWith('--')).length === 0;
  return [...words, ...(all ? LEFT_OUT.map((name) => `--exclude=test/${name}/**`) : [])];
}

/** Prints each room of src, the worst first, and writes the lines that did not run. */
function report() {
  const lines = new Map();
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('part-'))) {
    const own = join(folder, name, 'own', 'coverage-final.json');
    if (existsSync(own)) for (const file of Object.values(JSON.parse(readFileSync(own, 'utf8')))) addOwn(lines, file);
  }
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('part-')))
    for (const [path, ran] of JSON.parse(readFileSync(join(folder, name, 'child-lines.json'), 'utf8')))
      for (const line of ran) if (lines.get(path)?.has(line)) lines.get(path).set(line, true);
  return printed(lines);
}

/** A line of code is one on which a statement begins, as in other tools; it ran when one of these did. */
function addOwn(lines, { path, statementMap, s }) {
  const file = lines.get(path) ?? new Map();
  lines.set(path, file);
  for (const [id, { start }] of Object.entries(statementMap))
    file.set(start.line, (file.get(start.line) ?? false) || s[id] > 0);
}

function printed(lines) {
  const rooms = new Map();
  const missed = {};
  for (const [path, file] of [...lines].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (file.size === 0) continue;
    const name = relative(join(root, 'src'), path).split(sep);
    const room = rooms.get(name[0]) ?? { all: 0, ran: 0 };
    const not = [...file].filter(([, ran]) => !ran).map(([line]) => line);
    rooms.set(name[0], { all: room.all + file.size, ran: room.ran + file.size - not.length });
    if (not.length > 0) missed[name.join('/')] = not.sort((a, b) => a - b);
  }
  writeFileSync(join(folder, 'lines.json'), `${JSON.stringify(missed, null, 1)}\n`);
  const sum = (key) => [...rooms.values()].reduce((total, room) => total + room[key], 0);
  for (const [name, { all, ran }] of [...rooms].sort(([, a], [, b]) => a.ran / a.all - b.ran / b.all))
    console.log(`${percent(ran, all).padStart(7)}  ${String(all).padStart(5)}  ${name}`);
  console.log(
    `${percent(sum('ran'), sum('all')).padStart(7)}  ${String(sum('all')).padStart(5)}  all lines of src; coverage/lines.json has those that did not run`,
  );
  return (100 * sum('ran')) / sum('all');
}

function percent(ran, all) {
  return `${((100 * ran) / all).toFixed(1)} %`;
}

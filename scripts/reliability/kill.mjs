// Ends bump and lock by SIGKILL at random moments: `node scripts/reliability/kill.mjs 500 1`. After each, every file must be as before the run or as
// after it; the same run once more must do the whole work, and leave nothing else in the folder.
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo } from '../demo-folder.mjs';
import { fractions, MAIN, ROOT, readSettings, report } from './settings.mjs';

const settings = readSettings(500);
const random = fractions(settings.seed);
/** Each with a run after it that has nothing to write. */
const COMMANDS = [
  { words: ['bump'], next: ['bump'] },
  { words: ['lock', 'add', 'cache', 'redis:7.4'], next: ['lock'] },
];

const demo = await startDemo();
const folder = join(demo.home, 'killed');
let [wrong, killed] = [0, 0];
/** A signal ends the campaign, and what was done is reported. */
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    isStopped = true;
  });
try {
  const works = [];
  for (const each of COMMANDS) works.push(await prepare(each));
  // A run that was sooner at its end than the signal does not count; the limit is for a machine on which none is late enough.
  for (let at = 0; !isStopped && killed < settings.number && at < settings.number * 20; at += 1) {
    const work = works[at % works.length];
    if (work) await strike(work);
  }
} finally {
  await demo.close();
}
report('kill -9 at random moments of bump and lock', { ...settings, number: killed }, `${wrong} with a wrong file`);
process.exitCode = wrong === 0 ? 0 : 1;

/** @typedef {{ words: string[], next: string[], duration: number, before: Record<string, string>, after: Record<string, string>, end: Record<string, string> }} Work */

/** Runs a command to its end, to know what it does and how long it takes. @param {{ words: string[], next: string[] }} each @returns {Promise<Work>} */
async function prepare({ words, next }) {
  reset();
  await run(words);
  reset();
  const before = filesOf(folder);
  let duration = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 5; time += 1) {
    reset();
    const start = performance.now();
    await run(words);
    duration = Math.min(duration, performance.now() - start);
  }
  const after = filesOf(folder);
  await run(next);
  return { words, next, duration, before, after, end: filesOf(folder) };
}

/** Half of the moments are in the last quarter of a run, where files are written. @param {Work} work */
async function strike({ words, next, duration, before, after, end }) {
  reset();
  const moment = random() < 0.5 ? random() * duration : duration * (0.75 + random() * 0.3);
  if (await run(words, moment)) killed += 1;
  const now = filesOf(folder);
  const damaged = Object.entries(now).filter(
    ([name, text]) => isOurs(name) && text !== before[name] && text !== after[name],
  );
  const lost = Object.keys(before).filter((name) => !(name in now));
  await run(words);
  await run(next);
  const last = filesOf(folder);
  const isSame = JSON.stringify(last) === JSON.stringify(end);
  if (damaged.length === 0 && lost.length === 0 && isSame) return;
  wrong += 1;
  console.log(
    `${words.join(' ')} after ${moment.toFixed(1)} ms: damaged ${damaged.map(([name]) => name)}; lost ${lost}; after the next run ${Object.keys(last)}`,
  );
}

/** Whether a file is the user's; a killed run may leave temporary ones, which the next run removes. @param {string} name */
function isOurs(name) {
  return /^(?:hosts|modules)\/[\w/]+\.nix$|^images\.(?:toml|nix|lock\.json)$/.test(name);
}

function reset() {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(ROOT, 'fixtures/demo'), folder, { recursive: true });
}

/** Whether the run was killed. @param {string[]} words @param {number} [moment] in milliseconds @returns {Promise<boolean>} */
function run(words, moment) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...demo.env };
    const child = spawn(process.execPath, [MAIN, ...words], { cwd: folder, env, stdio: 'ignore' });
    const timer = moment === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), moment);
    child.once('error', reject).once('close', (_, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

/** @param {string} place @returns {Record<string, string>} */
function filesOf(place) {
  const names = /** @type {string[]} */ (readdirSync(place, { recursive: true })).sort();
  const files = names.filter((name) => statSync(join(place, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(place, name), 'utf8')]));
}

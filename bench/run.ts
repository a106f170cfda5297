// How pullpin compares with what people use today: `npm run bench -- [--only ID,…] [--pairs N] [--skopeo FILE] [--list]`. Without --only it writes
// docs/benchmarks.md and its charts.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contests } from './contests.js';
import { chart, SCHEMES } from './support/chart.js';
import { type Comparison, compare } from './support/compare.js';
import { IMAGES } from './support/images.js';
import { fastestInflater, machineDescription, versionOf } from './support/machine.js';
import { hasSiteAddress, inOwnNetwork } from './support/own-network.js';
import { openPlace } from './support/place.js';
import { costsTable, report, timesTable } from './support/report.js';
import { DEBIAN } from './support/sides.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    pairs: { type: 'string', default: '5' },
    list: { type: 'boolean' },
    skopeo: { type: 'string' },
  },
});
const pairs = Number(values.pairs);
if (!Number.isInteger(pairs) || pairs < 1) throw new Error('--pairs takes a number from 1 on');

// The rows over TLS are the reason for a newer skopeo: FILE is its program.
const peer =
  values.skopeo === undefined
    ? DEBIAN
    : { name: `skopeo ${await versionOf(values.skopeo, '--version')}`, program: values.skopeo };
const all = contests(await fastestInflater(), peer);
const wanted = values.only?.split(',');
const unknown = wanted?.find((id) => !all.some((contest) => contest.id === id));
if (unknown !== undefined) throw new Error(`--only: there is no ${unknown}; --list names them all`);
const chosen = all.filter(({ id }) => wanted?.includes(id) ?? true);

/** What the chart shows: the rows that a user would ask for first, slower ones too. */
const DRAWN = new Set(['large', 'medium', 'small', 'again', 'new-tag', 'digest', 'far', 'slow']);

if (values.list) for (const { id, title } of all) console.log(`${id.padEnd(14)}${title}`);
else {
  const needsAddress = chosen.some(({ isTls }) => isTls) && !hasSiteAddress();
  const code = needsAddress ? inOwnNetwork() : await bench();
  if (needsAddress && code === undefined)
    throw new Error('the rows over TLS need a network namespace (unshare --net); leave them out with --only');
  process.exitCode = code ?? 0;
}

async function bench(): Promise<undefined> {
  const names = new Set(chosen.flatMap(({ images }) => images));
  const place = await openPlace([...names].map((name) => IMAGES[name]));
  const comparisons: Comparison[] = [];
  try {
    for (const contest of chosen) {
      const comparison = await compare(contest, pairs, place);
      comparisons.push(comparison);
      const { theirs, ours, ratio } = comparison;
      console.log(
        `${contest.id}: ${theirs.wall.median.toFixed(2)} s → ${ours.wall.median.toFixed(2)} s, × ${ratio.median.toFixed(2)}`,
      );
    }
  } finally {
    await place.close();
  }
  console.log(`\n${timesTable(comparisons)}\n\n${costsTable(comparisons)}`);
  if (!wanted) await writeReport(comparisons);
}

async function writeReport(comparisons: readonly Comparison[]): Promise<void> {
  const inRoot = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const date = new Date().toISOString().slice(0, 10);
  const drawn = comparisons.filter(({ contest }) => DRAWN.has(contest.id));
  for (const [name, scheme] of Object.entries(SCHEMES)) {
    writeFileSync(inRoot(`docs/benchmarks-${name}.svg`), chart(drawn, scheme));
  }
  const facts = { machine: await machineDescription(), date, version, pairs };
  writeFileSync(inRoot('docs/benchmarks.md'), report(comparisons, facts));
}

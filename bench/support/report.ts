import type { Comparison, SideResult } from './compare.js';
import type { Spread } from './statistics.js';

/** The texts of the report, without the figures. */
export interface ReportFacts {
  readonly machine: readonly (readonly [string, string])[];
  readonly date: string;
  readonly version: string;
  readonly pairs: number;
}

/** The table of wall times as text for a terminal, or as rows of Markdown. */
export function timesTable(comparisons: readonly Comparison[]): string {
  const head = ['Work', 'Peer', 'Peer, s', 'pullpin, s', 'Ratio', 'Aim', 'Ratio less the registry', 'CPU ratio'];
  const rows = comparisons.map(({ contest, theirs, ours, ratio, ratioWithoutRegistry, cpuRatio }) => [
    contest.title,
    contest.theirs.name,
    spread(theirs.wall),
    spread(ours.wall),
    spread(ratio),
    contest.aim,
    ratioWithoutRegistry.median.toFixed(2),
    // Of a peer that takes less than the clock shows there is no ratio.
    Number.isFinite(cpuRatio.median) ? cpuRatio.median.toFixed(2) : '',
  ]);
  return markdownTable(head, rows);
}

/** The costs of the work besides time: the peer's figure, then ours. */
export function costsTable(comparisons: readonly Comparison[]): string {
  const head = [
    'Work',
    'CPU, s',
    "Registry's CPU, s",
    'Resident, MiB',
    'Written, MB',
    'Requests',
    'of layers',
    'in sequence',
    'round trips',
  ];
  const rows = comparisons.map(({ contest, theirs, ours }) => {
    const both = (value: (side: SideResult) => string): string => `${value(theirs)} → ${value(ours)}`;
    return [
      contest.title,
      both(({ cpu }) => cpu.median.toFixed(2)),
      both(({ registryCpu }) => registryCpu.median.toFixed(2)),
      both(({ resident }) => (resident / 2 ** 20).toFixed(0)),
      both(({ written }) => (written / 1e6).toFixed(1)),
      both(({ requests }) => String(requests)),
      both(({ layerRequests }) => (contest.layersOf ? String(layerRequests) : '')).replace(/^ → $/, ''),
      both(({ sequential }) => String(sequential)),
      both(({ roundTrips }) => roundTrips?.toFixed(1) ?? '').replace(/^ → $/, ''),
    ];
  });
  return markdownTable(head, rows);
}

function spread({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** docs/benchmarks.md. */
export function report(comparisons: readonly Comparison[], { machine, date, version, pairs }: ReportFacts): string {
  return `# Benchmarks

<!-- Written by npm run bench; change this text in bench/support/report.ts. -->

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="benchmarks-dark.svg">
  <img alt="Wall time of pullpin beside that of its peers; the figures are in the table below" src="benchmarks-light.svg">
</picture>

pullpin ${version} on ${date}. Each row is the median of ${pairs} pairs of runs, the two programs in turn, with the least and the most
in parentheses; a ratio is that of the two runs of a pair, and below 1 where pullpin is faster.

${timesTable(comparisons)}

What the same work cost, the peer's figure first:

${costsTable(comparisons)}

## What is compared

- **skopeo + nix-hash** is what nix-prefetch-docker of nixpkgs runs: \`skopeo inspect\` for the digest (which lists the repository's tags as
  well), \`skopeo copy\` into a docker-archive in a temporary folder, \`nix-hash\` of that file. Its last step, \`nix-store --add-fixed\`, is left
  out, and the digest is taken out by \`--format\` in place of jq: both are in the peer's favor. Before anything is timed, the two hashes are
  compared.
- **pullpin** is \`node dist/main.cjs\`, start-up included, with \`--no-cache\` except where a row says that it knows the image.
- The images are tars of files below \`/usr\` and \`/opt\` of the machine, compressed by gzip at its usual level. The registry is Debian's
  docker-registry on the same machine, over plain HTTP.
- **Ratio less the registry**: the registry runs on the same cores; normally it has its own machine. In this column, the processor
  time that it took is subtracted from the wall time of both. This favors a program that waits for nothing else, so the column is a lower bound.
- **CPU** is user and system time of all processes of a side; **resident** the most that one of its processes had; **written** what went into
  files, also if they were removed before it reached the disk (\`ru_oublock\` of getrusage(2)).
- **Requests** were counted in one more run through a proxy that watches plain HTTP; **in sequence** is the longest chain in which each was asked
  after the answer to the one before.
- **A known image under a new tag** needs no layer if the first download was slow enough for pullpin to keep the states of the hash
  ([what is remembered](cache.md)); on loopback it is not, unless \`--resume-cache\` asks for it.
- Where a row names a distance or a bandwidth, both sides go through a TCP proxy that delays each direction by half the round trip, the
  opening of a connection by a whole one, and lets no more than the bandwidth pass. The registry speaks plain HTTP there, too: both sides ask
  for TLS first and fall back, which takes a round trip more than TLS would.
- The rows **over TLS** have three origins behind such proxies: a registry that answers 401 with a token server, the token server, and the storage to which
  the registry redirects for each blob. All speak TLS 1.3, with a certificate of an authority that is one of many in a file of the usual size. They run in a
  network of their own (\`unshare --net\`). **Round trips** is how much longer the work takes 100 ms away than 25 ms away, over the difference.
  On loopback there is no proxy, and the three servers take their processor time from the same cores.
- In rows with fewer **cores**, both sides may use so many of them (\`taskset\`); the registry may use all.
- **Inflating and hashing alone** is the computing that a pin cannot do without, by the fastest programs of the machine, with the files at hand: each layer is inflated and
  hashed, and at the same time another process hashes the archive.

## A fleet

In the row of the shards, the peer is pullpin on one machine, and all shards run on the same two cores, with \`--apply\` at the end: its wall time is not that of
eight machines, and resident is the most that one process had. Each shard takes more than half of the processor time that one machine takes for all, most of it to read the files and to
find the pins, which every machine does; so shards pay where images must be downloaded. In the row of the shared cache, a repository of the same registry that
another machine has filled, each image of 2 MB is one layer; the requests that were for layers and configs go to the shared cache.

## The machine

${markdownTable(['', ''], machine)}

## How to repeat it

On Linux with skopeo, nix-hash, docker-registry, GNU tar, GNU time, taskset, openssl and, for the last rows, igzip: \`npm ci && npm run bench\`. It needs 8 GB below the system's
temporary folder, no network, and a machine that does nothing else meanwhile. The images stay in \`pullpin-bench\` there for the next time.
\`npm run bench -- --only large,small --pairs 3\` runs some rows, prints them, and leaves this file alone; \`--list\` names them.
\`npx tsx bench/memory.ts\` pins an image of 2 GiB, and fails when that takes more than 200 MiB of memory or writes anything.
\`npx tsx bench/nix-parser.ts\` says how fast Nix source is parsed, and \`npx tsx bench/decompress.ts\` how fast a layer is decompressed.
`;
}

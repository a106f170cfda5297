import type { CheckReport, InventoryEntry } from '../../src/check/check.js';
import type { Finding } from '../../src/check/findings/finding.js';
import { FINDINGS, type FindingCode } from '../../src/check/findings/findings.js';
import { digestOf } from '../../src/oci/verified.js';

/** When the sample was checked. */
export const SAMPLE_TIME = Date.UTC(2026, 10, 27, 9, 30);

const MB = 1_000_000;
const DAY = 24 * 60 * 60 * 1000;
const LINUX = (architecture: string, variant?: string) => ({ os: 'linux', architecture, variant });
const MANY = [LINUX('amd64'), LINUX('arm64', 'v8'), LINUX('arm', 'v7'), LINUX('s390x')];
const DEBIAN = { digest: digestOf('debian'), size: 29 * MB };
const ALPINE = { digest: digestOf('alpine'), size: 3.6 * MB };
const LIBRARIES = { digest: digestOf('libraries'), size: 12 * MB };

interface Sample {
  readonly name: string;
  readonly tag?: string;
  readonly place: string;
  readonly days?: number;
  readonly layers?: readonly { readonly digest: `sha256:${string}`; readonly size: number }[];
  readonly platforms?: typeof MANY;
}

const SAMPLES: readonly Sample[] = [
  { name: 'postgres', tag: '16-bookworm', place: 'hosts/db.nix:7:10', days: 812, layers: [DEBIAN, LIBRARIES] },
  { name: 'ghcr.io/acme/web', tag: '1.27', place: 'hosts/web.nix:12:12' },
  { name: 'redis', tag: '7.4', place: 'hosts/cache.nix:4:14', days: 95, layers: [DEBIAN], platforms: MANY },
  { name: 'nginx', tag: '1.27-alpine', place: 'hosts/web.nix:31:12', days: 34, layers: [ALPINE, LIBRARIES] },
  { name: 'quay.io/prometheus/node-exporter', tag: 'v1.9', place: 'metrics.nix:3:5', days: 12, layers: [ALPINE] },
  { name: 'gcr.io/distroless/static', place: 'images.toml:9:1', layers: [] },
];

function entryOf({ name, tag, place, days, layers, platforms = MANY.slice(0, 2) }: Sample): InventoryEntry {
  const [file = '', line, column] = place.split(':');
  const own = { digest: digestOf(`${name} layer`), size: 18 * MB + name.length * MB };
  const all = [...(layers ?? []), own];
  const image = {
    digest: digestOf(name),
    platform: platforms[0],
    platforms,
    size: all.reduce((sum, { size }) => sum + size, 0),
    layers: all,
    created: days === undefined ? undefined : SAMPLE_TIME - days * DAY,
  };
  return {
    ...{ file, line: Number(line), column: Number(column), tag },
    imageName: name,
    imageDigest: digestOf(`index of ${name}`),
    image: layers ? image : undefined,
  };
}

function findingOf(entry: InventoryEntry, code: FindingCode, message: string, fix?: string): Finding {
  const { file, line, column, imageName, imageDigest } = entry;
  return { file, line, column, imageName, imageDigest, code, level: FINDINGS[code].level, message, fix, edits: [] };
}

/** A report with something of everything. */
export function sampleReport(): CheckReport {
  const inventory = SAMPLES.map(entryOf);
  const [postgres, web, redis] = inventory;
  if (!postgres || !web || !redis) throw new TypeError('the sample has these pins');
  return {
    pins: inventory.length,
    inventory,
    findings: [
      findingOf(redis, 'moved-tag', `tag 7.4 has ${digestOf('newer')} now`, 'pullpin bump hosts/cache.nix:4'),
      findingOf(
        postgres,
        'missing-arch',
        'its digest is of an index (linux/amd64, linux/arm64), and the pin has no arch',
        'write os = "linux"; and arch = "amd64"; if that is what its hash is of, which --hashes finds out',
      ),
      findingOf(
        web,
        'dead-digest',
        'the registry has no manifest with this digest in this repository; it may have been deleted',
        'pullpin bump hosts/web.nix:12',
      ),
      findingOf(web, 'untracked', 'nothing says which tag it follows, so only its digest is checked'),
    ],
  };
}

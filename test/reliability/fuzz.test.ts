import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decompress } from '../../src/compression/decompress.js';
import { PullpinError } from '../../src/errors.js';
import { createRenderer } from '../../src/index.js';
import { findPins } from '../../src/nix/find/find-pins.js';
import { parseManifest } from '../../src/oci/manifest.js';
import { formatReference, parseReference } from '../../src/oci/reference.js';
import { digestOf } from '../../src/oci/verified.js';
import { parseChallenges } from '../../src/registry/auth/challenge.js';
import { DOCKER, OCI } from '../support/images.js';
import { createRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { zstdSync } from '../support/zstd.js';
import { mutated } from './mutation.js';

/**
 * `PULLPIN_COUNT=100000 PULLPIN_SEED=2 npx vitest run test/reliability/fuzz.test.ts` tries other inputs than every run does, and more of them;
 * `PULLPIN_MINUTES=60 … -t gzip` tries one kind of them for an hour.
 */
const COUNT = Number(process.env['PULLPIN_COUNT'] ?? 300);
const MINUTES = Number(process.env['PULLPIN_MINUTES'] ?? 0);
const SEED = Number(process.env['PULLPIN_SEED'] ?? 1);
/** A program that takes this long for a small input hangs, as far as its user can see; in milliseconds. */
const HANG = 20_000;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const bytesOf = (texts: readonly string[]): Uint8Array[] => texts.map((text) => Buffer.from(text));
const filesOf = (folder: string, end: string): Uint8Array[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => readFileSync(file));

/** What is tried: samples that are right, words to put into them, and what must hold for whatever comes out. */
interface Subject {
  readonly samples: readonly Uint8Array[];
  readonly words: readonly string[];
  /** Throws a PullpinError where the input is refused, and any other error where pullpin is wrong. */
  readonly attempt: (input: Uint8Array) => unknown;
  /** How many times fewer inputs are tried, because each takes that much longer. */
  readonly cost?: number;
}

const DIGEST = `sha256:${'0'.repeat(64)}`;
const content = Buffer.concat([Buffer.alloc(3000, 'layer '), createRandom(7).bytes(3000)]);
const MANIFEST_TYPES = [OCI.manifest, OCI.index, DOCKER.manifest, DOCKER.index];

async function unpacked(input: Uint8Array): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  async function* blob() {
    for (let at = 0; at < input.length; at += 1000) yield input.subarray(at, at + 1000);
  }
  for await (const piece of decompress(blob())) {
    pieces.push(piece);
    length += piece.length;
    // A few bytes may stand for gigabytes.
    if (length > 2 ** 22) return undefined;
  }
  return Buffer.concat(pieces);
}

const template = join(temporaryFolder(), 'mine.hbs');

const SUBJECTS: Readonly<Record<string, Subject>> = {
  'image names': {
    samples: bytesOf([
      'redis',
      'redis:7.4',
      `ghcr.io/a/b:1@${DIGEST}`,
      'localhost:5000/x',
      '[::1]:5000/a/b',
      'docker.io/library/x',
    ]),
    words: [
      ':',
      '@',
      '/',
      '//',
      '..',
      'sha256:',
      'A',
      '\0',
      '\n',
      '-',
      '_',
      '__',
      '\u202e',
      'xn--',
      '%2f',
      '"',
      "'",
      '$',
      '`',
    ],
    attempt: (input) => {
      const reference = parseReference(Buffer.from(input).toString());
      expect(parseReference(formatReference(reference))).toMatchObject({
        registry: reference.registry,
        repository: reference.repository,
        tag: reference.tag,
        digest: reference.digest,
      });
    },
  },
  'challenges of registries': {
    samples: bytesOf([
      'Bearer realm="https://a.example/t",service="s",scope="repository:a:pull"',
      'Basic realm=x, Negotiate abc==',
    ]),
    words: ['"', '\\', ',', '=', ' ', 'Bearer ', 'realm=', '\t', '\u00e9', '",', '=='],
    attempt: (input) => {
      const header = Buffer.from(input).toString('latin1');
      for (const { scheme } of parseChallenges(header)) expect(header.toLowerCase()).toContain(scheme);
    },
  },
  manifests: {
    samples: filesOf('fixtures/images', '').filter((bytes) =>
      /^\{.*"(?:layers|manifests)":/s.test(Buffer.from(bytes).toString()),
    ),
    words: [
      '{',
      '}',
      '[',
      ']',
      'null',
      '-1',
      '1e999',
      '"digest"',
      '"Digest"',
      '"layers"',
      '"urls":[]',
      '9007199254740993',
      '\\u0000',
    ],
    attempt: (input) => {
      const results = MANIFEST_TYPES.map((mediaType) => parsedAs(mediaType, input));
      if (results.every((result) => result instanceof PullpinError)) throw results[0];
    },
  },
  gzip: {
    samples: [gzipSync(content), gzipSync(content, { level: 0 }), Buffer.concat([gzipSync(content), gzipSync('more')])],
    words: ['\x1f\x8b\x08', '\0\0', '\xff\xff'],
    attempt: async (input) => {
      const ours = await unpacked(input);
      if (ours === undefined || Buffer.from(input).subarray(0, 3).toString('hex') !== '1f8b08') return;
      const judged = judgedByNode(input);
      if (judged) expect(ours.equals(judged)).toBe(true);
    },
  },
  zstd: {
    samples: [
      zstdSync(content),
      zstdSync(content, '-19', '--check'),
      zstdSync(Buffer.alloc(200_000, 'abcdefg'), '--no-check'),
    ],
    words: ['\x28\xb5\x2f\xfd', '\0\0\0', '\x50\x2a\x4d\x18'],
    attempt: unpacked,
  },
  'Nix files': {
    samples: filesOf('fixtures/nix', '.nix'),
    words: [
      '"',
      "''",
      '${',
      '}',
      '{',
      ';',
      'let ',
      ' in ',
      '...',
      '@',
      '#',
      '/*',
      `sha256:${'1'.repeat(64)}`,
      'rec ',
      'with ',
      'inherit ',
    ],
    attempt: (input) => {
      const source = Buffer.from(input).toString();
      for (const { line } of findPins(source, { path: 'a.nix' }).sites) expect(line).toBeGreaterThan(0);
    },
    cost: 3,
  },
  templates: {
    samples: filesOf('templates', '.hbs').filter((bytes) => !Buffer.from(bytes).includes('{{>')),
    words: [
      '{{',
      '}}',
      '{{#each pins}}',
      '{{/each}}',
      '{{#if tag}}',
      '{{else}}',
      '{{{',
      '(',
      ')',
      'nixString',
      '../',
      '@root',
      '{{!--',
      '|',
    ],
    attempt: async (input) => {
      writeFileSync(template, input);
      await createRenderer({ template });
    },
    cost: 5,
  },
};

/**
 * What Node's own decoder makes of gzip that we accept. Like skopeo's, ours takes three things that zlib refuses: a blob that ends where the trailer
 * would begin or between two fields of a header; reserved flags; and a checksum of the header's first ten bytes alone. Undefined for the last two.
 */
function judgedByNode(input: Uint8Array): Buffer | undefined {
  try {
    return gunzipSync(input);
  } catch (error) {
    const { message } = error as Error;
    if (/^(?:header crc mismatch|unknown header flags set)$/.test(message)) return undefined;
    if (message !== 'unexpected end of file') throw error;
    // With something in place of the trailer, nothing is missing any longer.
    expect(() => gunzipSync(Buffer.concat([input, Buffer.alloc(8)]))).not.toThrow(message);
    return gunzipSync(input, { finishFlush: constants.Z_SYNC_FLUSH });
  }
}

/** The manifest, or why it is refused. */
function parsedAs(mediaType: string, bytes: Uint8Array): unknown {
  try {
    return parseManifest({ bytes, mediaType, digest: digestOf(bytes) });
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    return error;
  }
}

/** Whether an input was accepted; an error of another kind than pullpin's own names the input. */
async function isAccepted({ attempt }: Subject, input: Uint8Array): Promise<boolean> {
  const start = performance.now();
  try {
    await attempt(input);
    return true;
  } catch (error) {
    if (!(error instanceof PullpinError))
      throw new Error(`input ${Buffer.from(input).toString('base64')}`, { cause: error });
    expect(error.message).not.toMatch(/[\n\r\0]|\[object|undefined/);
    return false;
  } finally {
    expect(performance.now() - start).toBeLessThan(HANG);
  }
}

test.for(Object.entries(SUBJECTS))(
  `%s: damaged inputs are read, or refused in one line`,
  { timeout: 3_600_000 + MINUTES * 90_000 },
  async ([name, subject]) => {
    const random = createRandom(SEED);
    const [wanted, end] = [Math.ceil(COUNT / (subject.cost ?? 1)), Date.now() + MINUTES * 60_000];
    for (const sample of subject.samples)
      expect(await isAccepted(subject, sample), `${name}: a sample that is right`).toBe(true);
    let [count, accepted] = [0, 0];
    for (; MINUTES > 0 ? Date.now() < end : count < wanted; count += 1) {
      if (await isAccepted(subject, mutated(subject.samples, subject.words, random))) accepted += 1;
      // The test runner wants to hear of a thread that runs for an hour.
      if (count % 100 === 0) await nextTurn();
    }
    console.info(`${name}: ${count} inputs, seed ${SEED}: ${accepted} read, ${count - accepted} refused, 0 wrong`);
    // Some of both, or the damage shows nothing; a header is never refused.
    expect(accepted).toBeGreaterThan(0);
    if (name !== 'challenges of registries') expect(accepted).toBeLessThan(count);
  },
);

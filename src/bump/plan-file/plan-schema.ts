import * as v from 'valibot';
import { PLAN_GENERATOR, PLAN_VERSION } from '../../list/open/of-plan.js';

const TEXT = v.pipe(v.string(), v.maxLength(10_000));
const WORD = v.pipe(v.string(), v.maxLength(100));
const NULLABLE_TEXT = v.nullable(TEXT);
const NUMBER = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e9));
const DIGEST = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));
const SHARD_NUMBER = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000));

/** Of a path: each part is a name, so that no `..` leads out of the folder, and nothing in it could act on a terminal. */
const PATH_TEXT = /^(?!\/)(?!(?:[\s\S]*\/)?\.{1,2}(?:\/|$))[ -~\u00a1-\uffff]+$/;

/** Whether a plan can name a file. */
export function isPlanPath(path: string): boolean {
  return path.length <= MOST_OF_PATH && PATH_TEXT.test(path);
}

const MOST_OF_PATH = 4096;
const PATH = v.pipe(
  v.string(),
  v.maxLength(MOST_OF_PATH),
  v.regex(PATH_TEXT),
  v.description('A path below the folder that pullpin ran in'),
);

const EDIT = v.strictObject({
  file: PATH,
  start: v.pipe(NUMBER, v.description('UTF-16 units from the beginning of the file')),
  end: NUMBER,
  text: v.pipe(v.string(), v.maxLength(1_000_000)),
});

const IMAGE = v.strictObject({
  created: v.optional(TEXT),
  size: v.pipe(v.number(), v.minValue(0)),
  base: v.optional(TEXT),
  source: v.optional(TEXT),
  revision: v.optional(TEXT),
});

const VALUES = v.strictObject({
  tag: v.optional(TEXT),
  digest: TEXT,
  hash: v.optional(TEXT),
  version: v.optional(TEXT),
  image: v.optional(IMAGE),
});

const RECIPE = v.strictObject({
  fetcher: v.picklist(['docker-archive', 'nar']),
  finalImageName: NULLABLE_TEXT,
  finalImageTag: NULLABLE_TEXT,
  os: TEXT,
  arch: TEXT,
  variant: NULLABLE_TEXT,
});

const PIN = v.strictObject({
  file: PATH,
  line: NUMBER,
  column: NUMBER,
  form: v.picklist(['call', 'layered', 'arguments', 'oci-string', 'oci-set', 'json', 'npins']),
  target: v.picklist(['docker-archive', 'nar']),
  imageName: TEXT,
  imageDigest: TEXT,
  hash: NULLABLE_TEXT,
  hashAttr: NULLABLE_TEXT,
  hashFormat: NULLABLE_TEXT,
  finalImageName: NULLABLE_TEXT,
  finalImageTag: NULLABLE_TEXT,
  os: NULLABLE_TEXT,
  arch: NULLABLE_TEXT,
  systems: v.nullable(v.array(WORD)),
  follows: NULLABLE_TEXT,
  followedBy: v.nullable(v.picklist(['directive', 'finalImageTag', 'tag', 'key', 'comment', 'assumed'])),
  rule: NULLABLE_TEXT,
  state: v.picklist(['tracked', 'untracked', 'frozen', 'incomplete', 'unfollowable', 'malformed', 'unpinned']),
  assumed: v.array(v.picklist(['fetcher', 'finalImageName', 'finalImageTag', 'os', 'arch', 'variant'])),
});

const CHANGE = v.strictObject({
  pin: PIN,
  from: VALUES,
  to: VALUES,
  edits: v.array(EDIT),
  platformAssumed: v.optional(v.strictObject({ os: WORD, architecture: WORD, variant: v.optional(WORD) })),
  proven: v.optional(RECIPE),
  storePath: v.optional(TEXT),
  layers: v.optional(v.strictObject({ count: NUMBER, shared: NUMBER })),
  unchanged: v.optional(TEXT),
  systems: v.optional(v.strictObject({ added: v.array(WORD), dropped: v.array(WORD) })),
});

const PROBLEM = v.strictObject({
  file: TEXT,
  line: NUMBER,
  column: NUMBER,
  severity: v.picklist(['notice', 'failure']),
  code: WORD,
  message: TEXT,
  imageName: v.optional(TEXT),
  imageDigest: v.optional(TEXT),
  free: v.optional(TEXT),
});

/** What a plan was made with. Plans that differ here are not of one bump. */
const OPTIONS = v.record(WORD, v.union([v.string(), v.number(), v.boolean(), v.null(), v.array(v.string())]));

/** A word costs a look at the disk. */
const MOST_WORDS = 10_000;

/** A plan, as its JSON Schema describes it. */
export const PLAN_SCHEMA = v.strictObject({
  generator: v.literal(PLAN_GENERATOR),
  version: v.literal(PLAN_VERSION),
  pullpin: v.pipe(WORD, v.description('The version of pullpin that made it')),
  shard: v.strictObject({ index: v.pipe(SHARD_NUMBER, v.description('Counted from 1')), count: SHARD_NUMBER }),
  words: v.pipe(
    v.array(TEXT),
    v.maxLength(MOST_WORDS),
    v.description('The words of the command line: where pins were looked for'),
  ),
  options: v.pipe(OPTIONS, v.description('The options that decide what a bump does')),
  files: v.pipe(
    v.array(v.strictObject({ path: PATH, digest: DIGEST })),
    v.description('All files that were searched, and the digests of their bytes'),
  ),
  changes: v.array(CHANGE),
  problems: v.array(PROBLEM),
  counts: v.strictObject({
    found: NUMBER,
    current: NUMBER,
    frozen: NUMBER,
    untracked: NUMBER,
    unfollowable: NUMBER,
  }),
});

/** A plan in a file. */
export type PlanFile = v.InferOutput<typeof PLAN_SCHEMA>;

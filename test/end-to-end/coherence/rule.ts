import { isDeepStrictEqual } from 'node:util';
import { parseHash } from '../../../src/nix/literals/hash.js';
import { isDigest } from '../../../src/oci/digest.js';
import type { SeenPin } from './evaluation.js';
import type { Truth } from './program.js';
import { digestOf, isIndex, type SampleImages } from './sample-images.js';

/** What `pullpin bump --json` said of one program. */
export interface Report {
  readonly problems: readonly {
    readonly message: string;
    readonly imageName: string | null;
    readonly imageDigest: string | null;
  }[];
}

/** A pin before and after a bump, on the systems where it had the same values before. */
export interface Bumped {
  readonly truth: Truth;
  readonly pairs: readonly { readonly before: SeenPin; readonly after: SeenPin }[];
}

/**
 * After a bump, every pin is unchanged, or its digest is what its tag has now and its hash is what Nix will compute for it. Never one without
 * the other; and what was left has a reason that is reported. Gives what breaks this, in words; nothing when all is well.
 */
export async function violations(pins: readonly Bumped[], report: Report, images: SampleImages): Promise<string[]> {
  return (await Promise.all(pins.map((pin) => violationsOf(pin, report, images)))).flat();
}

async function violationsOf(pin: Bumped, report: Report, images: SampleImages): Promise<string[]> {
  const { truth, pairs } = pin;
  const [first] = pairs;
  if (!first) return [];
  const shown = `${first.before.path} (${pairs.map(({ before }) => before.system).join(', ')})`;
  const isChanged = pairs.some(
    ({ before, after }) =>
      before.imageDigest !== after.imageDigest ||
      before.hash !== after.hash ||
      !isDeepStrictEqual(before.parts, after.parts),
  );
  if (!isChanged) return unchanged(pin, report).map((problem) => `${shown}: ${problem}`);
  const problems = [
    ...(truth.isFrozen ? ['it is frozen and was changed'] : []),
    ...pairs
      .filter(({ after }) => !isCurrent(after.imageDigest, truth))
      .map(({ after }) => `its digest is ${after.imageDigest}, which its tag does not have`),
    ...wrongTags(pin),
    ...(await wrongHashes(pin, images)),
  ];
  return [...new Set(problems)].map((problem) => `${shown}: ${problem}`);
}

/** Nothing is silent: what is not what the tag has now, or is still to be filled in, is reported by its digest or name. */
function unchanged({ truth, pairs }: Bumped, { problems }: Report): string[] {
  const [first] = pairs;
  if (!first || truth.isFrozen) return [];
  const { imageName, imageDigest } = first.before;
  const isFilled = pairs.every(({ before }) => before.hash === undefined || isHash(before.hash));
  if (isCurrent(imageDigest, truth) && isFilled) return [];
  if (truth.moves && truth.state !== 'gone') return ['it should have been bumped, and was left'];
  const isReported = problems.some(
    (problem) =>
      (imageDigest !== '' && (problem.imageDigest === imageDigest || problem.message.includes(imageDigest))) ||
      (imageDigest === '' && problem.imageName === imageName),
  );
  return isReported ? [] : ['it was left, and that is not reported'];
}

/** Where a rule moves a tag, each pin that had the tag has the new one, and no other pin has another tag than before. */
function wrongTags({ truth: { tags, movesTo }, pairs }: Bumped): string[] {
  return pairs.flatMap(({ before, after }) => {
    const [old, now] = [before, after].map(({ tag, fetch }) => tag ?? fetch?.finalImageTag);
    const moved = movesTo === undefined ? old : old?.replaceAll(tags[0] ?? '', movesTo);
    // A name that is made of the digest changes with it.
    const right = moved?.replace(before.imageDigest.slice(7) || '@', after.imageDigest.slice(7));
    return now === right ? [] : [`its tag is ${now} and should be ${right}`];
  });
}

/** Whether every tag that pins of the digest follow has it now, or an index of it with this platform's image. */
function isCurrent(digest: string, { image, tags, movesTo, state, part }: Truth): boolean {
  return (movesTo === undefined ? tags : [movesTo]).every((tag) => {
    // The digest of one image under a tag may have been that of the tag, so that an index in its place is what the tag has now.
    if (digest === digestOf(image, tag, 'current', 'root')) return part !== 'arm64';
    // One image, under whose tag there is an index now, may stay on its platform.
    const own = part === 'root' && !isIndex(image, state) ? 'amd64' : part;
    return own !== 'root' && isIndex(image, 'current') && digest === digestOf(image, tag, 'current', own);
  });
}

/** A pin that Nix could fetch can still be fetched, on a system where it could; one that it could not, on some system. */
async function wrongHashes({ pairs }: Bumped, images: SampleImages): Promise<string[]> {
  if (pairs.every(({ after }) => after.fetch === undefined)) return [];
  const judged = await Promise.all(
    pairs.map(async (pair) => ({
      ...pair,
      was: await isRight(pair.before, images),
      is: await isRight(pair.after, images),
    })),
  );
  const counted = judged.some(({ was }) => was) ? judged.filter(({ was }) => was) : judged;
  if (counted.some(({ is }) => is)) return [];
  return counted.map(({ before, after, was }) => {
    const half =
      before.imageDigest === after.imageDigest || before.hash === after.hash
        ? ' (only one of digest and hash was changed)'
        : '';
    const parts = after.parts ? `its layers are ${JSON.stringify(after.parts)}, ` : '';
    return `its hash is ${after.hash}, ${parts}which is wrong for ${JSON.stringify(after.fetch)}${half}; before, the hash was ${was ? 'right' : 'wrong'}`;
  });
}

async function isRight({ fetch, hash = '', parts }: SeenPin, images: SampleImages): Promise<boolean> {
  if (!fetch || !isDigest(fetch.imageDigest) || !isHash(hash)) return false;
  if (parts && !isDeepStrictEqual(parts, images.parts(fetch))) return false;
  return parseHash(hash).hash === `sha256:${await images.hash(fetch)}`;
}

/** Whether a text is a hash that is not a placeholder. */
function isHash(text: string): boolean {
  try {
    return !/^sha256:0{64}$/.test(parseHash(text).hash);
  } catch {
    return false;
  }
}

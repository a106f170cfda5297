import { UsageError } from '../../errors.js';
import { rewrite } from '../../nix/edit/edit.js';
import { isWithoutHash, type PinHash } from '../../nix/find/pin-site.js';
import { formatHash } from '../../nix/literals/hash.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import type { ImageIndex, ImageManifest } from '../../oci/manifest.js';
import { formatPlatform } from '../../oci/platform.js';
import { attemptsOf, knownRecipe, madeRecipe } from '../../recipe/attempts.js';
import { hashText } from '../../recipe/hash-text.js';
import { formatRecipe, type Recipe } from '../../recipe/recipe.js';
import { type Finding, type FindingDetails, findingAt } from '../findings/finding.js';
import type { FindingCode } from '../findings/findings.js';
import { type CheckedPin, failureOf } from './checked-pin.js';
import { type Candidates, candidatesOf, expectedHash } from './hash-candidates.js';
import { bumpHashes, checkWritten } from './written-hash.js';

/** What was found out of the hashes of a pin. */
export interface CheckedHashes {
  readonly findings: readonly Finding[];
  /** What the hash is right for; undefined when that is not known. */
  readonly recipe?: Recipe | undefined;
}

/**
 * Whether the hashes of a pin can be those of its digest: what shows without a download, and all of it when hashes are computed.
 *
 * @param root what the digest names; undefined when that is not known
 */
export async function checkHashes(
  pin: CheckedPin,
  root: ImageIndex | ImageManifest | undefined,
): Promise<CheckedHashes> {
  const { site } = pin;
  if (site.hashes.length === 0) {
    if (isWithoutHash(site.form)) return { findings: [] };
    const fix = 'pin the image anew, or remove the pin';
    return { findings: [findingAt(site, 'no-hash', 'no hash stands beside its digest', { fix })] };
  }
  const { candidates, flaws } = namedCandidates(pin, root);
  const checked = await Promise.all(site.hashes.map((hash) => checkHash(pin, hash, root, candidates)));
  return { findings: [...flaws, ...checked.flatMap(({ findings }) => findings)], recipe: checked[0]?.recipe };
}

/** The candidates, or the finding for a name or a tag that no archive can have: then the pin cannot be built, whatever its hash is. */
function namedCandidates(
  pin: CheckedPin,
  root: ImageIndex | ImageManifest | undefined,
): { candidates?: Candidates | undefined; flaws: readonly Finding[] } {
  try {
    return { candidates: root && candidatesOf(pin, root), flaws: [] };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = `no archive can have its final name and tag: ${error.message}`;
    const fix = 'write another finalImageName or finalImageTag';
    return { flaws: [findingAt(pin.site, 'malformed-reference', message, { fix })] };
  }
}

async function checkHash(
  pin: CheckedPin,
  hash: PinHash,
  root: ImageIndex | ImageManifest | undefined,
  candidates: Candidates | undefined,
): Promise<CheckedHashes> {
  const flaw = checkWritten(pin.site, hash);
  const known = hash.isPlaceholder ? undefined : hash.written?.hash;
  const findings = flaw ? [flaw] : [];
  if (!root || !candidates || hash.value.kind !== 'text') return { findings };
  try {
    if (flaw && flaw.code !== 'untyped-hash')
      return { findings: [{ ...flaw, ...withFix(await correction(pin, hash, candidates), flaw.fix) }] };
    if (!known) return { findings };
    const judged = await judge(pin, hash, known, root, candidates);
    return { findings: [...findings, ...judged.findings], recipe: judged.recipe };
  } catch (error) {
    return { findings: [...findings, failureOf(pin.site, error, 'dead-layer')] };
  }
}

async function judge(
  pin: CheckedPin,
  hash: PinHash,
  known: Digest,
  root: ImageIndex | ImageManifest,
  candidates: Candidates,
): Promise<CheckedHashes> {
  const { lookUps, settings, site } = pin;
  const { images, targets, otherImages, otherTargets } = candidates;
  const attempts = attemptsOf(images, targets, lookUps);
  const right = knownRecipe(known, attempts);
  if (right) return { findings: [], recipe: right };
  const part = await partWithDigest(pin, known, root, candidates);
  if (part !== undefined)
    return wrong('digest-as-hash', `${hash.attribute} is the digest of ${part}, and Nix wants the hash of the archive`);
  if (settings.computesHashes) {
    const made = await madeRecipe(known, attempts);
    if (made) return { findings: [], recipe: made };
  }
  const others = attemptsOf([...images, ...otherImages], [...targets, ...otherTargets], lookUps);
  const likeliest = attemptsOf(images.slice(0, 1), otherTargets, lookUps);
  const other =
    knownRecipe(known, others) ?? (settings.computesHashes ? await madeRecipe(known, likeliest) : undefined);
  if (other)
    return wrong(
      codeOf(other, candidates),
      `${hash.attribute} is of ${formatRecipe(other)}, and Nix fetches ${fetched(candidates)}`,
    );
  const expected = settings.computesHashes ? undefined : await expectedHash(candidates, lookUps, false);
  if (!settings.computesHashes && !expected) return { findings: [] };
  return wrong('wrong-hash', `${hash.attribute} is not the hash of ${fetched(candidates)}`);

  async function wrong(code: FindingCode, message: string): Promise<CheckedHashes> {
    return { findings: [findingAt(site, code, message, await correction(pin, hash, candidates))] };
  }
}

/** What to do about a hash that is not right, with the edit for it when it is certain what Nix fetches and its hash is known. */
async function correction(
  { site, lookUps, settings }: CheckedPin,
  hash: PinHash,
  candidates: Candidates,
): Promise<FindingDetails> {
  const expected = await expectedHash(candidates, lookUps, settings.computesHashes);
  if (!expected || hash.value.kind !== 'text') return { fix: bumpHashes(site) };
  return {
    fix: `write ${formatHash(expected, 'sri')}`,
    edits: rewrite(hash.value, hashText(hash, expected)) ?? [],
  };
}

/** The command for a flaw stays where no edit is certain: bump may know more, such as a proven recipe. */
function withFix(details: FindingDetails, fix: string | undefined): FindingDetails {
  return details.edits ? details : { ...details, fix };
}

function codeOf({ target, platform }: Recipe, { images, targets }: Candidates): FindingCode {
  if (!images.some((image) => formatPlatform(image.platform) === formatPlatform(platform))) return 'other-platform';
  return targets.some(({ type }) => type === target.type) ? 'other-name' : 'other-fetcher';
}

function fetched({ images: [image], targets: [target] }: Candidates): string {
  return image && target ? formatRecipe({ platform: image.platform, target }) : 'something else';
}

/** The part of an image whose digest a hash is: people paste the id that docker shows, which is the digest of the config. */
async function partWithDigest(
  { lookUps }: CheckedPin,
  known: Digest,
  root: ImageIndex | ImageManifest,
  { images }: Candidates,
): Promise<string | undefined> {
  if (root.type === 'index' && root.entries.some(({ digest }) => digest === known)) return 'an image of the index';
  const [image] = images;
  const manifest =
    root.type === 'image' ? root : image && isDigest(image.digest) ? await lookUps.manifest(image.digest) : undefined;
  if (manifest?.type !== 'image') return undefined;
  if (manifest.config.digest === known) return "the image's config";
  return manifest.layers.some(({ digest }) => digest === known) ? 'a layer' : undefined;
}

import { UsageError } from '../../errors.js';
import { formatHash } from '../../nix/literals/hash.js';
import { type NixStore, openNixStore } from '../../nix-store/nix-store.js';
import { NixStoreError } from '../../nix-store/nix-store-error.js';
import { isDigest } from '../../oci/digest.js';
import { parsePlatform } from '../../oci/platform.js';
import { parseReference, type Reference } from '../../oci/reference.js';
import { type Pin, type PinSettings, pinImage } from '../../pin/pin.js';
import { PIN } from '../commands/pin/options.js';
import { withSettings } from '../config/with-settings.js';
import { parseSettings } from '../options/command.js';
import { signatureCheck } from '../resources/signatures.js';
import { type Sources, withSources } from '../resources/sources.js';
import type { Context } from '../terminal/context.js';
import { EXIT } from '../terminal/exit-code.js';
import { writeOutput } from '../terminal/output.js';
import { Report } from '../terminal/report.js';
import { imageLines, imageText, type PrefetchedImage } from './output.js';
import { type PrefetchWords, readPrefetchWords, USAGE } from './words.js';

/**
 * Does what nixpkgs' `nix-prefetch-docker` does, for programs that call it: prints the arguments of a `dockerTools.pullImage`, and adds the
 * image to the Nix store where there is one. Registries, logins and the cache are those of pullpin. Returns the exit code; throws a PullpinError.
 */
export async function runNixPrefetchDocker(args: readonly string[], context: Context): Promise<number> {
  const words = readPrefetchWords(args);
  if (!words) {
    await writeOutput(USAGE, undefined, context);
    return EXIT.done;
  }
  checkAlgorithm(context);
  // A misspelled architecture is refused, with a suggestion, before any request.
  parsePlatform(`${words.os}/${words.arch}`);
  const reference = referenceOf(words);
  const settings = parseSettings(PIN, await withSettings(PIN, {}, context), [words.imageName], () => false);
  const report = new Report(context, words.isQuiet ? 'quiet' : 'normal');
  const image = { text: words.imageName, reference };
  const images = { images: [image], registries: [reference.registry] };
  return withSources({ ...settings, from: undefined }, images, context, report, async (sources) => {
    const checkSignature = await signatureCheck(settings.signatures, context);
    const pin = await pinned(reference, words, { ...sources, checkSignature }, context, report);
    const shown = prefetched(pin, words);
    if (!words.isQuiet) context.stderr.write(imageLines(shown, pin.storePath));
    await writeOutput(imageText(shown, words.isJson), undefined, context);
    return EXIT.done;
  });
}

/** The original takes the algorithm from this variable, and nixpkgs sets it to sha256. */
function checkAlgorithm({ environment }: Context): void {
  const algorithm = environment['NIX_HASH_ALGO'];
  if (algorithm && algorithm !== 'sha256')
    throw new UsageError(`NIX_HASH_ALGO is ${algorithm}, and pullpin computes sha256 only: unset it`);
}

function referenceOf({ imageName, imageTag, imageDigest }: PrefetchWords): Reference {
  if (imageDigest === undefined) return parseReference(`${imageName}:${imageTag}`);
  if (!isDigest(imageDigest)) throw new UsageError(`'${imageDigest}' is not a digest: write sha256: and 64 hex digits`);
  return parseReference(`${imageName}@${imageDigest}`);
}

/** Adds the image to the store. A failure is only reported, so that the hash is not lost. */
async function pinned(
  reference: Reference,
  words: PrefetchWords,
  sources: Pick<Sources, 'of' | 'cache'> & Pick<PinSettings, 'checkSignature'>,
  context: Context,
  report: Report,
): Promise<Pin> {
  const store = await storeOf(context, report);
  const platform = { os: words.os, architecture: words.arch, variant: undefined };
  const pin = (kept: NixStore | undefined): Promise<Pin> =>
    pinImage(reference, {
      from: sources.of(reference),
      cache: sources.cache,
      checkSignature: sources.checkSignature,
      platform,
      finalName: words.finalImageName,
      finalTag: words.finalImageTag,
      temporaryFolder: context.temporaryFolder,
      keep: kept && { store: kept },
    });
  try {
    return await pin(store);
  } catch (error) {
    if (!(error instanceof NixStoreError)) throw error;
    warnOf(error, report);
    return pin(undefined);
  }
}

/** The store of Nix; undefined on a machine without Nix, or when its store cannot be used. */
async function storeOf(context: Context, report: Report): Promise<NixStore | undefined> {
  try {
    return await openNixStore(context);
  } catch (error) {
    if (!(error instanceof NixStoreError)) throw error;
    if (!error.isMissing) warnOf(error, report);
    return undefined;
  }
}

function warnOf({ message }: NixStoreError, report: Report): void {
  report.warning(`the image is not in the Nix store: ${message}`);
}

function prefetched({ imageDigest, hash }: Pin, words: PrefetchWords): PrefetchedImage {
  if (hash === undefined) throw new Error('a docker-archive has a hash');
  const { imageName, finalImageName, finalImageTag } = words;
  return { imageName, imageDigest, hash: formatHash(hash, 'sri'), finalImageName, finalImageTag };
}

import { formatPlatform, type Platform } from '../oci/platform.js';
import type { Target } from '../prefetch/targets/target.js';
import type { Case } from './case.js';
import { anewCommand, correctCommand, pinCommand } from './commands.js';
import { formatOrigin, type HashOrigin } from './origin.js';

/** Why a hash does not match, and what to write. `isExplained` is false where nothing was found that makes the hashes. */
export interface Verdict {
  readonly culprit: Culprit;
  readonly isExplained: boolean;
  readonly message: string;
}

export type Culprit =
  | 'platform'
  | 'name'
  | 'fetcher'
  | 'digest-as-hash'
  | 'empty-file'
  | 'placeholder'
  | 'old-layout'
  | 'other-entry'
  | 'other-image'
  | 'other-download'
  | 'none'
  | 'unknown';

/** Names what is to blame for a mismatch. The first rule that fits decides. */
export function verdictOf(theCase: Case): Verdict {
  const { specified, got } = theCase;
  const rules = [plainSpecified, emptyDownload, differentRecipes, onlyGot, onlySpecified];
  for (const rule of rules) {
    const verdict = rule(theCase, specified, got);
    if (verdict) return { isExplained: true, ...verdict };
  }
  return {
    culprit: 'unknown',
    isExplained: false,
    message: `nothing that may have been hashed of this image gives either hash (${theCase.tried} tried): the digest may be that of another image; pin it anew: ${anewCommand(theCase)}`,
  };
}

/** What one hash is of, where the other one is not known. */
export function verdictOfOne(theCase: Case): Verdict {
  const { got, tried, image } = theCase;
  if (got?.kind === 'placeholder') {
    const message = `this is a placeholder, so the hash was never filled in: pullpin bump --hashes FILE does that in a file, and ${correctCommand(theCase)} prints the pin`;
    return { culprit: 'placeholder', isExplained: true, message };
  }
  if (got) return { culprit: 'none', isExplained: true, message: `this is ${formatOrigin(got)}` };
  const message = `nothing that may have been hashed of ${image} gives this hash (${tried} tried)`;
  return { culprit: 'unknown', isExplained: false, message };
}

type RecipeOrigin = Extract<HashOrigin, { readonly kind: 'recipe' }>;

type Rule = (
  theCase: Case,
  specified: HashOrigin | undefined,
  got: HashOrigin | undefined,
) => Omit<Verdict, 'isExplained'> | undefined;

const plainSpecified: Rule = (theCase, specified) => {
  switch (specified?.kind) {
    case 'digest':
      return {
        culprit: 'digest-as-hash',
        message: `the hash in the file is the digest of the ${specified.of}, and Nix wants the hash of the whole archive: ${correctCommand(theCase)}`,
      };
    case 'empty-file':
      return {
        culprit: 'empty-file',
        message: `the hash in the file is that of an empty file: ${correctCommand(theCase)}`,
      };
    case 'placeholder':
      return {
        culprit: 'placeholder',
        message: `the hash in the file is still to be filled in: ${correctCommand(theCase)}`,
      };
    default:
      return undefined;
  }
};

const emptyDownload: Rule = (_, __, got) =>
  got?.kind === 'empty-file'
    ? {
        culprit: 'other-download',
        message:
          'what Nix got is an empty file, so the download failed without an error: look at the log of the build (nix log), and at a proxy in between',
      }
    : undefined;

const differentRecipes: Rule = (theCase, specified, got) => {
  if (specified?.kind !== 'recipe' || got?.kind !== 'recipe') return undefined;
  const [ours, theirs] = [specified.recipe, got.recipe];
  if (ours.target.type !== theirs.target.type) return otherFetcher(theCase, ours.target.type);
  if (formatPlatform(ours.platform) !== formatPlatform(theirs.platform))
    return otherPlatform(theCase, ours.platform, theirs.platform, specified.image);
  if (specified.image !== got.image) return otherEntry(theCase, specified, got);
  if (ours.target.type !== 'docker-archive' || theirs.target.type !== 'docker-archive') return undefined;
  if (ours.target.layout !== theirs.target.layout) return otherLayout(theCase, theirs.target.layout !== undefined);
  return otherName(theCase, ours.target.name, theirs.target.name);
};

function otherFetcher(theCase: Case, hashed: Target['type']) {
  const [what, fetched] =
    hashed === 'nar'
      ? ['the folder of nix2container', 'an archive, as dockerTools.pullImage does']
      : ['the archive of dockerTools.pullImage', 'a folder, as nix2container does'];
  return {
    culprit: 'fetcher',
    message: `the hash in the file is of ${what}, and Nix fetches ${fetched}: ${correctCommand(theCase)}`,
  } as const;
}

function otherPlatform(theCase: Case, hashed: Platform, fetched: Platform, image: string) {
  const what = `the hash in the file is of ${formatPlatform(hashed)}, and Nix fetches ${formatPlatform(fetched)}`;
  const isVariant = hashed.os === fetched.os && hashed.architecture === fetched.architecture;
  if (theCase.isOfOneImage || isVariant) {
    const why = isVariant ? 'arch chooses no variant' : 'its digest is of one image, whatever arch says';
    return {
      culprit: 'platform',
      message: `${what}, because ${why}: write the digest ${image}, or ${correctCommand(theCase)}`,
    } as const;
  }
  const both = `write os = "${hashed.os}"; and arch = "${hashed.architecture}"; beside the digest`;
  const other = `pin it for the other one: ${pinCommand({ ...theCase, platform: fetched })}`;
  return { culprit: 'platform', message: `${what}: ${both}, or ${other}` } as const;
}

/** An index may list several images for one platform; skopeo 1.13 and later take the one that is marked as zstd. */
function otherEntry(theCase: Case, specified: RecipeOrigin, got: RecipeOrigin) {
  const platform = formatPlatform(got.recipe.platform);
  return {
    culprit: 'other-entry',
    message: `the index has several images for ${platform}: the hash in the file is of ${specified.image}, and Nix takes ${got.image}, and which one it is depends on skopeo (1.13 and later prefer one that is marked as zstd): write the digest of the image that you want, or ${correctCommand(theCase)}`,
  } as const;
}

function otherLayout(theCase: Case, isNixOld: boolean) {
  return {
    culprit: 'old-layout',
    message: isNixOld
      ? 'the hash in the file is right for a skopeo of today, and Nix uses one before 1.2, which writes the same image as other bytes: take a nixpkgs of 20.09 or later'
      : `the hash in the file is of the archive as a skopeo before 1.2 wrote it (nixpkgs before 20.09), and later ones write the same image as other bytes: ${correctCommand(theCase)}`,
  } as const;
}

function otherName(
  theCase: Case,
  hashed: { readonly name: string; readonly tag: string },
  fetched: { readonly name: string; readonly tag: string },
) {
  const lines = [
    ...(hashed.name === fetched.name ? [] : [`finalImageName = "${hashed.name}";`]),
    ...(hashed.tag === fetched.tag ? [] : [`finalImageTag = "${hashed.tag}";`]),
  ];
  return {
    culprit: 'name',
    message: `name and tag stand inside the archive: the hash in the file is of ${hashed.name}:${hashed.tag}, and Nix writes ${fetched.name}:${fetched.tag}: write ${lines.join(' and ')} beside the digest, or ${correctCommand(theCase)}`,
  } as const;
}

const onlyGot: Rule = (theCase, specified, got) =>
  got?.kind === 'recipe' && !specified
    ? {
        culprit: 'other-image',
        message: `what Nix got is right for this digest, and the hash in the file is of something else, such as the image that the tag had before: ${correctCommand(theCase)}`,
      }
    : undefined;

const onlySpecified: Rule = (_, specified, got) =>
  specified?.kind === 'recipe' && !got
    ? {
        culprit: 'other-download',
        message:
          'the hash in the file is right for this digest, and what Nix got is something else: another skopeo may write other bytes (docs/hashes.md says which), or a mirror or a proxy sends another image, or a page with an error',
      }
    : undefined;

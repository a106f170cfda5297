import { ifAvailable } from '../../concurrency/if-available.js';
import { annotationsOf, type ImageFacts } from '../../oci/image-facts.js';
import { downloadSize, type ImageManifest } from '../../oci/manifest.js';
import type { RepositoryLookUps } from '../../pin/look-ups.js';
import type { ImageDetails } from './pin-change.js';

/** The old and the new image of a pin; undefined for one that cannot be looked at. */
export interface BothImages {
  readonly from: ImageManifest | undefined;
  readonly to: ImageManifest | undefined;
}

/** What is said of a change beside its digests. */
export interface ChangeDetails {
  readonly from: ImageDetails | undefined;
  readonly to: ImageDetails | undefined;
  /** How many layers the new image has, and how many of them the old one has as well. */
  readonly layers: { readonly count: number; readonly shared: number } | undefined;
}

/** Looks at both images. Failures leave something out, because no change depends on this. */
export async function changeDetails({ from, to }: BothImages, lookUps: RepositoryLookUps): Promise<ChangeDetails> {
  const [before, after] = await Promise.all([detailsOf(from, lookUps), detailsOf(to, lookUps)]);
  return { from: before, to: after, layers: from && to && layersOf(from, to) };
}

async function detailsOf(image: ImageManifest | undefined, lookUps: RepositoryLookUps) {
  const facts = image && (await ifAvailable(lookUps.facts(image)));
  return image && imageDetails(image, facts);
}

/** What an image says of itself: in the labels of its config, or else in the annotations of its manifest (OCI image-spec, annotations.md). */
function imageDetails(image: ImageManifest, facts: ImageFacts | undefined): ImageDetails {
  const texts = new Map(Object.entries({ ...annotationsOf(image.stored.bytes), ...facts?.labels }));
  const text = (name: string): string | undefined => {
    const value = texts.get(`org.opencontainers.image.${name}`);
    return value === undefined || value === '' ? undefined : value.slice(0, LONGEST);
  };
  const created = Date.parse(facts?.created ?? '');
  return {
    created: Number.isNaN(created) ? undefined : new Date(created).toISOString(),
    size: downloadSize(image),
    base: text('base.name'),
    source: text('source') ?? texts.get('org.label-schema.vcs-url')?.slice(0, LONGEST),
    revision: text('revision') ?? texts.get('org.label-schema.vcs-ref')?.slice(0, LONGEST),
  };
}

/** The longest text that is kept of a label, in UTF-16 units. */
const LONGEST = 500;

function layersOf(from: ImageManifest, to: ImageManifest): ChangeDetails['layers'] {
  const old = new Set(from.layers.map(({ digest }) => digest));
  return { count: to.layers.length, shared: to.layers.filter(({ digest }) => old.has(digest)).length };
}

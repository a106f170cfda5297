import { taggedReference } from '../nix/find/images/tagged-reference.js';
import { repositoryOf } from '../nix/find/notes/remarks.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { Lines } from '../nix/language/position.js';
import { Budget } from '../nix/values/budget.js';
import { rangeKey } from '../nix/values/value.js';
import { DataRemarks } from './remarks.js';
import type { DataFile, DataText } from './tree/data-file.js';
import { type DataVisit, keysAround, ownValue, visits } from './tree/visits.js';
import { unpinnedSite } from './unpinned-site.js';

/** The image strings of a data file that have no digest, as pins whose digest is to be written, and the directives that belong to them. */
export interface UnpinnedInData {
  readonly sites: readonly PinSite[];
  readonly usedDirectives: ReadonlySet<string>;
}

/** The lists of containers in a Kubernetes object. */
const CONTAINERS = /^(?:containers|initContainers|ephemeralContainers)$/;
/** Policies of Compose with which an image is not pulled. */
const NOT_PULLED = /^(?:never|build)$/;

/**
 * Finds the strings that name an image and its tag and have no digest: the `image` of a service in Compose that is not built, that of a
 * container in Kubernetes, and each string under a directive of its own. `used` are the directives that pins of the file have already.
 */
export function unpinnedIn(file: DataFile, used: ReadonlySet<string>): UnpinnedInData {
  const usedDirectives = new Set<string>();
  const budget = new Budget(file.source.length);
  const remarks = new DataRemarks(file, budget);
  const lines = new Lines(file.source);
  const sites: PinSite[] = [];
  for (const visit of visits(file)) {
    const { node } = visit;
    const reference = node.kind === 'text' && isWritable(node) ? taggedReference(node.text) : undefined;
    if (node.kind !== 'text' || !reference) continue;
    const isImage = reference.tag !== undefined && isImageOfContainer(visit);
    // A word alone is an image only under a directive.
    if (!isImage && file.comments.length === 0) continue;
    const { start, end, text, origin } = node;
    const found = remarks.on({ visit, literals: [origin], repository: repositoryOf(reference.name) });
    const own = found.directives.filter((directive) => !used.has(rangeKey(directive)));
    const notes = found.notes.filter(({ kind }) => kind === 'directive');
    if (!isImage && (own.length === 0 || notes.length + found.rules.length === 0)) continue;
    for (const directive of found.directives) usedDirectives.add(rangeKey(directive));
    const location = { file: file.path, start, end, ...lines.at(start) };
    sites.push(
      unpinnedSite({ text, reference, origin, location, notes, rules: found.rules, isFrozen: found.isFrozen }),
    );
  }
  return budget.isSpent ? { sites: [], usedDirectives: new Set() } : { sites, usedDirectives };
}

function isWritable({ hindrance, origin }: DataText): boolean {
  return hindrance === undefined && origin.verbatim;
}

function isImageOfContainer(visit: DataVisit): boolean {
  const [key, name, list, ...others] = keysAround(visit);
  if (key !== 'image' || !visit.parent) return false;
  // An item of a list has no key.
  if (name === undefined) return list !== undefined && CONTAINERS.test(list);
  const isService = list === 'services' && others.every((each) => each !== undefined);
  return isService && !isBuilt(visit.parent);
}

/** A service that is built here gives its own name to the image, and one that is never pulled has it from elsewhere. */
function isBuilt({ node }: DataVisit): boolean {
  if (node.kind !== 'map') return true;
  const policy = ownValue(node, 'pull_policy');
  return ownValue(node, 'build') !== undefined || (policy?.kind === 'text' && NOT_PULLED.test(policy.text));
}

import type { Evaluation } from '../../values/evaluation.js';
import { systemOfName } from '../../values/systems.js';
import { literalsOf } from '../../values/text.js';
import type { TextValue } from '../../values/value.js';
import type { Candidate } from '../candidates/candidate.js';
import { namesAround } from './names-around.js';

/**
 * The system that a pin without `arch` is for, if the files show it: by a name around its hash (`{ aarch64-linux = "sha256-…"; }`), by the
 * package set that the fetcher comes from, or by a name around the call. The name that is nearest to the hash wins.
 */
export function systemOfSite(
  candidate: Candidate,
  hashes: readonly (TextValue | { readonly kind: 'unfollowable' })[],
  { files }: Evaluation,
): string | undefined {
  const texts = hashes.filter(({ kind }) => kind === 'text');
  if (texts.length === 0) return candidate.state.system;
  const around = namesAround(candidate.node, files);
  const [place] = texts.flatMap(literalsOf);
  const own = place ? beyond(namesAround(place, files), place.file === candidate.node.file ? around : []) : [];
  const call = candidate.kind === 'call' ? candidate : undefined;
  const named = systemAmong(own) ?? call?.packageSystem ?? candidate.state.system ?? systemAmong(around);
  return named ?? call?.systemAround ?? candidate.state.systemNear;
}

/** The rest of the names, after the first ones that both lists have in common. */
function beyond(names: readonly string[], others: readonly string[]): string[] {
  const different = names.findIndex((name, at) => name !== others[at]);
  return different < 0 ? [] : names.slice(different);
}

function systemAmong(names: readonly string[]): string | undefined {
  return names.toReversed().flatMap((name) => systemOfName(name) ?? [])[0];
}

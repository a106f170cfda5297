import { partsWithin, textsWithin } from '../../values/digests.js';
import { isInside } from '../../values/text.js';
import { type FunctionValue, isSet, rangeIn, type SetValue, type Value } from '../../values/value.js';
import { NIX_HASH } from '../images/neighbours.js';
import { hasOwnHash, isOwnHash, MAY_BE_HASH } from '../images/own-arguments.js';
import type { Candidate, UnknownCall } from './candidate.js';
import { isOverride } from './unknown-calls.js';

// More arguments of a call are data.
const MOST_PARTS = 20;
/** The name of a hash, or a hash itself, anywhere in a text. */
const NAMES_HASH = /hash|sha256|[A-Za-z0-9+/]{43}=|[0-9a-z]{52}/i;
const DIGEST = /^(?:sha256:)?[0-9a-f]{64}$/;

/**
 * The values with digests that a function which is not known may fetch with another hash: a set or a text that it is given with a hash, and
 * a function that makes a pin with the hash that its caller gives.
 */
export function digestsGivenAway(call: UnknownCall, candidates: readonly Candidate[]): Value[] {
  const { callee, given, written } = call;
  const all = [...given, ...given.flatMap(partsOf)];
  const isGivingHash = givesHash(call);
  const ofFunction = (value: FunctionValue): Value[] => {
    // A function of another file has defaults for what it is not given.
    if (value.scope.file.path !== written.file && !isGivingHash) return [];
    return takesHash(value) ? [value] : digestsOfHashes(value, candidates);
  };
  const digests = all.flatMap((value): Value[] => {
    if (value.kind === 'function') return ofFunction(value);
    if (isSet(value)) return digestsBesideHash(value);
    return value.kind === 'text' && given.some((other) => other !== value && hasHashText(other)) ? [value] : [];
  });
  return isOverride(callee) && isGivingHash ? [...digests, callee] : digests;
}

/** The digests of a set that has a hash as well, whatever its attributes are called. */
function digestsBesideHash(set: SetValue): Value[] {
  const digest = set.attributes.get('imageDigest')?.force();
  if (digest && hasOwnHash(set)) return [digest];
  // A hash may be written as digests are, and may stand further inside.
  const digests = textsOf(set).filter(({ text }) => DIGEST.test(text));
  return digests.length > 1 || hasHashText(set) ? digests : [];
}

/** What stands in a list or in a set of a few attributes. */
function partsOf(value: Value): Value[] {
  if (value.kind === 'list') return value.items.slice(0, MOST_PARTS).map((item) => item.force());
  if (!isSet(value) || value.attributes.size > MOST_PARTS) return [];
  const parts = [...value.attributes.values()].map((attribute) => attribute.force());
  return parts.filter(({ kind }) => kind === 'set' || kind === 'function');
}

function textsOf({ attributes }: SetValue) {
  if (attributes.size > MOST_PARTS) return [];
  return [...attributes.values()].map((attribute) => attribute.force()).filter((value) => value.kind === 'text');
}

function hasHashText(value: Value): boolean {
  if (value.kind === 'text') return MAY_BE_HASH.test(value.text);
  return (isSet(value) || value.kind === 'list') && textsWithin(value).some(({ text }) => NIX_HASH.test(text));
}

/** Whether a call, or one that made its function, may give a hash. */
function givesHash({ callee, all }: UnknownCall): boolean {
  const parts = isOverride(callee) ? [] : partsWithin(callee);
  return [...parts, ...all.map((each) => each.force())].some(mayGiveHash);
}

/** Whether a hash for a function may be in a value. */
function mayGiveHash(value: Value): boolean {
  switch (value.kind) {
    case 'text':
      return MAY_BE_HASH.test(value.text);
    case 'set':
      return hasOwnHash(value) || value.rest !== undefined || textsOf(value).some(mayGiveHash);
    case 'list':
      return value.items.slice(0, MOST_PARTS).some((item) => mayGiveHash(item.force()));
    case 'function': {
      const { start, end } = value.lambda;
      return NAMES_HASH.test(value.scope.file.source.slice(start, end));
    }
    default:
      return value.kind === 'unknown' && value.spelling.length === 0;
  }
}

/** Whether a function has a parameter for a hash, so that a call of it may give another one. */
function takesHash({ lambda: { formals = [] } }: FunctionValue): boolean {
  return formals.some(({ name }) => isOwnHash(name));
}

/** The digests in a function that takes the hash beside them as an argument, whatever the parameter is called. */
function digestsOfHashes({ lambda, scope }: FunctionValue, candidates: readonly Candidate[]): Value[] {
  const body = rangeIn(scope, lambda);
  return candidates.flatMap(({ kind, value, written, node }) => {
    // The call of a fetcher may stand in another function, which this one calls.
    if (kind !== 'call' || !(isInside(written, body) || isInside(node, body))) return [];
    if (!isSet(value) || value.rest) return isParameter(isSet(value) ? value.rest : value) ? [value] : [];
    const hashes = [...value.attributes].filter(([name]) => isOwnHash(name)).map(([, hash]) => hash.force());
    return hashes.some(isParameter) ? (value.attributes.get('imageDigest')?.force() ?? []) : [];
  });
}

function isParameter(value: Value | undefined): boolean {
  return value?.kind === 'unknown' && value.deadEnd.parameter !== undefined;
}

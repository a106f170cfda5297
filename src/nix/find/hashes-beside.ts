import { digestPlaces, partsWithin, textsWithin } from '../values/digests.js';
import type { NixFiles } from '../values/files.js';
import { literalsOf } from '../values/text.js';
import { type Cause, isSet, rangeKey, type SourceRange, type UnfollowableCode, type Value } from '../values/value.js';
import type { Candidate, UnknownCall } from './candidates/candidate.js';
import { digestsGivenAway } from './candidates/given-away.js';
import { hasOwnHash, MAY_BE_HASH } from './images/own-arguments.js';
import { Locations } from './locations.js';
import type { HashBeside, Hold, PinSite } from './pin-site.js';

const WRITTEN_HASH = /^(?:(?:sha256-)?[A-Za-z0-9+/]{43}=|(?:sha256:)?(?:[0-9a-df-np-sv-z]{52}|[0-9a-f]{64}))$/;
/** What ends for one of these reasons is fetched nowhere, or elsewhere with another value. */
const NEVER_FETCHED: ReadonlySet<UnfollowableCode> = new Set(['throws', 'missing-attribute', 'platform']);

/** Finds hashes that can stand beside the literal of a digest although no found pin has both. */
export class HashesBeside {
  private readonly locations: Locations;

  constructor(private readonly files: NixFiles) {
    this.locations = new Locations(files);
  }

  /** The other entries of the table that gives a pin its hash, when the pin's digest is the same for all of them. */
  ofSite({ imageDigest, hashes }: PinSite): HashBeside[] {
    if (imageDigest.others) return [];
    const digests = literalsOf(imageDigest);
    const others = hashes.flatMap(({ value }) => (value.kind === 'text' ? (value.others ?? []) : []));
    return others
      .map((other) => other.force())
      .flatMap((other) => this.entry(other))
      .flatMap((entry) => digests.map((digest): HashBeside => ({ digest, ...entry })));
  }

  /** The digests inside a call or a set that cannot be followed: the hash beside them is not known. */
  ofUnfollowed(candidate: Candidate): { besides: HashBeside[]; cause?: Cause } {
    if (candidate.kind === 'string' || (candidate.kind === 'arguments' && !hasOwnHash(candidate.value)))
      return { besides: [] };
    const { value, node } = candidate;
    const cause = causeOf(value);
    if (!cause || NEVER_FETCHED.has(cause.code)) return { besides: [] };
    const digest = isSet(value) ? value.attributes.get('imageDigest')?.force() : undefined;
    const reason = this.reason(
      node,
      (place) =>
        `its digest is also a part of what cannot be followed at ${place}, where the hash would not move along: give each its own digest`,
    );
    const places = digestPlaces(digest ?? value, this.files);
    return { besides: places.map((place) => ({ digest: place, reason })), cause };
  }

  /** What a call has beside its digest when the parameters of its function are not those that stand there as defaults. */
  ofOtherArguments({ kind, value, node, written }: Candidate): HashBeside[] {
    if (kind !== 'call' || node !== written) return [];
    const own = partsWithin(value).flatMap((part) =>
      isSet(part) ? (part.attributes.get('imageDigest')?.force() ?? []) : [],
    );
    const places = own.flatMap((each) => digestPlaces(each, this.files));
    const digests = new Map(places.map((place) => [rangeKey(place), place]));
    const [digest] = digests.values();
    // Of several digests, each may well have its own hash.
    if (!digest || digests.size > 1) return [];
    return textsWithin(value).flatMap(({ text, segments: [segment] }): HashBeside[] => {
      const { origin } = segment ?? {};
      if (!origin || !WRITTEN_HASH.test(text) || rangeKey(origin) === rangeKey(digest)) return [];
      const { file, start, end } = origin;
      const reason = this.reason(
        origin,
        (place) =>
          `the hash at ${place} can stand beside the same digest, and would not move along, because only callers that are not seen choose it: name their files as well, or give it its own digest`,
      );
      return [{ digest, hash: { file, start, end }, reason }];
    });
  }

  /** What a call of a function that is not known is given: it may fetch that with another hash. */
  ofUnknownCall(call: UnknownCall, candidates: readonly Candidate[]): HashBeside[] {
    const places = digestsGivenAway(call, candidates).flatMap((digest) => digestPlaces(digest, this.files));
    const reason = this.reason(
      call.written,
      (place) =>
        `its digest is also given to a function that is not known at ${place}, where a hash may stand that would not move along: give each its own digest`,
    );
    return places.map((digest): HashBeside => ({ digest, reason, isGiven: true }));
  }

  private entry(other: Value): Omit<HashBeside, 'digest'>[] {
    const [origin] = other.kind === 'text' && MAY_BE_HASH.test(other.text) ? literalsOf(other) : [];
    if (!origin) return [];
    const { file, start, end } = origin;
    const reason = this.reason(
      origin,
      (place) =>
        `the hash at ${place} can stand beside the same digest, and would not move along, because it is chosen for no system that is known: remove it, or give it its own digest`,
    );
    return [{ hash: { file, start, end }, reason }];
  }

  private reason(range: SourceRange, message: (place: string) => string): Hold {
    const location = this.locations.at(range);
    return { ...location, part: 'digest', message: message(`${location.file}:${location.line}`) };
  }
}

/** The reason why the image of a set or of a call's arguments is not known. */
function causeOf(value: Value): Cause | undefined {
  if (value.kind === 'unknown') return value.deadEnd;
  if (value.kind !== 'set') return undefined;
  const parts = ['imageDigest', 'imageName'].map((name) => value.attributes.get(name)?.force() ?? value.rest);
  return parts.flatMap((part) => (part?.kind === 'unknown' ? [part.deadEnd] : []))[0];
}

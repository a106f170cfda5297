import { PullpinError } from '../../errors.js';
import { digestsWithin } from '../values/digests.js';
import type { Evaluation } from '../values/evaluation.js';
import type { SetValue, SourceRange, TextValue, UnknownValue } from '../values/value.js';
import { rangeKey } from '../values/value.js';
import type { Candidate } from './candidates/candidate.js';
import type { FoundSite } from './distinct-sites.js';
import { digestFlaw, EMPTY_TEMPLATE, flawOf, isEmptyTemplate } from './images/flaws.js';
import { imageParts } from './images/image-parts.js';
import { keyAsTag, ownTagInKey, Siblings } from './images/key-as-tag.js';
import { parseOciString } from './images/oci-string.js';
import { attributeRange, Locations, withDigests } from './locations.js';
import type { Followed, Location, PinForm, PinProblem, PinProblemCode, PinSite, Unfollowable } from './pin-site.js';
import { entryOfSystem } from './platform/entry-of-system.js';
import { systemOfSite } from './platform/system-of-site.js';
import { assumptionsOf, finalTagGuesses } from './recipe.js';
import { remarksOn } from './site-remarks.js';
import { SiteValues } from './site-values.js';
import { MALFORMED } from './stray-directives.js';

/** The result for a candidate: the pin (`site`), or the problems that make it impossible to handle. A candidate that has neither is no pin. */
export interface Assessment {
  readonly site?: FoundSite;
  readonly problems: readonly PinProblem[];
}

type Remarked = 'notes' | 'rules' | 'isFrozen' | 'hold';
type OfPlatform = 'systems' | 'isPlatformDependent' | 'entry';
type Surrounding = 'assumed' | 'finalTagGuesses' | 'literals' | Remarked | OfPlatform | keyof Location;
type PinValues = Omit<FoundSite, Surrounding>;

const NOTHING: Assessment = { problems: [] };

/** Decides whether a candidate is a pin, and reads its values and the comments around it. */
export class Assessor {
  private readonly locations: Locations;
  private readonly siblings: Siblings;

  constructor(
    private readonly evaluation: Evaluation,
    private readonly systems: readonly string[],
    /** Receives the places of the directives that belong to a pin. */
    private readonly usedDirectives: Set<string>,
  ) {
    this.locations = new Locations(evaluation.files);
    this.siblings = new Siblings(evaluation.files.main.source);
  }

  assess(candidate: Candidate): Assessment {
    switch (candidate.kind) {
      case 'call':
        return this.call(candidate);
      case 'arguments':
        return this.set(candidate, candidate.value);
      case 'string':
        return this.string(candidate);
    }
  }

  private call(candidate: Candidate & { kind: 'call' }): Assessment {
    const { functionName, fetcher, value, node } = candidate;
    const name = functionName.at(-1) ?? '';
    if (name.endsWith('FromManifest')) {
      return this.problem(
        'manifest-file',
        node,
        'the pin is a manifest file, which is not bumped; make that file anew',
      );
    }
    const kind = { form: 'call', target: fetcher.target, unknownFetcher: fetcher.unknown } as const;
    if (value.kind === 'set') return this.argumentSet(candidate, value, kind);
    return value.kind === 'unknown' ? this.unfollowed(candidate, `the arguments of ${name}`, value) : NOTHING;
  }

  private set(candidate: Candidate & { kind: 'arguments' }, set: SetValue): Assessment {
    const kind = { form: 'arguments', target: 'docker-archive' } as const;
    const isForPullImage = ['imageName', 'imageDigest'].every((name) => set.attributes.has(name));
    if (isForPullImage) return this.argumentSet(candidate, set, kind);
    const values = new SiteValues(set, candidate.node, this.evaluation, this.locations);
    const parts = imageParts((name) => values.text(name));
    if (!parts) return NOTHING;
    if ('kind' in parts)
      return parts.kind === 'malformed' ? this.problem('malformed-digest', candidate.node, parts.message) : NOTHING;
    const hashes = values.hashes();
    const form: PinForm = hashes.length > 0 ? 'arguments' : 'oci-set';
    const own = { ...values.optional(), ...values.cautions(false) };
    return this.site(candidate, set.literals, { ...kind, ...own, ...parts, tag: parts.tag ?? own.tag, form, hashes });
  }

  private argumentSet(
    candidate: Candidate,
    set: SetValue,
    kind: Pick<PinSite, 'form' | 'target' | 'unknownFetcher'>,
  ): Assessment {
    const { node } = candidate;
    const values = new SiteValues(set, node, this.evaluation, this.locations);
    const [imageName, imageDigest] = [values.text('imageName'), values.text('imageDigest')];
    if (!imageDigest) return this.problem('no-digest', node, 'the pin has no imageDigest; pin the image anew');
    if (!imageName) return this.problem('unfollowable', node, 'the pin has no imageName', imageDigest);
    if (imageDigest.kind !== 'text') return this.unfollowedArgument(candidate, set, 'imageDigest', imageDigest);
    if (imageName.kind !== 'text') return this.unfollowedArgument(candidate, set, 'imageName', imageName, imageDigest);
    if (isEmptyTemplate(imageName, imageDigest)) return this.problem('template', node, EMPTY_TEMPLATE);
    const flaw = digestFlaw(imageDigest.text);
    if (flaw !== undefined) return this.problem('malformed-digest', node, flaw);
    const layered = values.layered();
    const form = layered ? 'layered' : kind.form;
    const own = { ...values.optional(), ...values.cautions(form === 'call'), layered };
    const hashes = values.hashes();
    return this.site(candidate, set.literals, { ...kind, form, imageName, imageDigest, hashes, ...own });
  }

  private unfollowedArgument(
    candidate: Candidate,
    set: SetValue,
    name: string,
    cause: Unfollowable,
    digest?: TextValue,
  ): Assessment {
    const isParameter = cause.code === 'parameter';
    // A set that only passes parameters to other code is not a pin, even when its attributes have the same names.
    if (isParameter && candidate.kind === 'arguments') return NOTHING;
    const code = isParameter ? 'template' : 'unfollowable';
    const own = set.attributes.get('imageDigest')?.force();
    const digests = digestsWithin([candidate.written, ...(set.through ?? [])], set, this.evaluation, own);
    this.evaluation.spend(set.literals.reduce((sum, { bindings }) => sum + bindings.length, 0));
    const message = withDigests(`${name} cannot be followed: ${cause.message}`, digests);
    const { problems } = this.problem(code, attributeRange(set, name) ?? candidate.node, message, digest);
    return { problems: problems.map((problem) => ({ ...problem, pin: candidate.node, cause })) };
  }

  private string(candidate: Candidate & { kind: 'string' }): Assessment {
    const { value, node, state } = candidate;
    if (value.kind === 'unknown') return this.unfollowed(candidate, 'the image', value);
    const parsed = parseOciString(value);
    if (!parsed) return NOTHING;
    if (parsed instanceof PullpinError) return this.problem('malformed-reference', node, parsed.message);
    const { imageName, imageDigest } = parsed;
    const tag = parsed.tag ?? keyAsTag(state.key, imageName.text, this.siblings);
    const kind = { form: 'oci-string', target: 'docker-archive' } as const;
    return this.site(candidate, [], { ...kind, imageName, imageDigest, hashes: [], tag });
  }

  private site(candidate: Candidate, literals: FoundSite['literals'], given: PinValues): Assessment {
    const { node, kind, state } = candidate;
    const key = kind === 'string' ? undefined : state.key;
    const values = { ...given, tag: given.tag ?? ownTagInKey(key, given.imageName.text) };
    const { notes, rules, isFrozen, directives, malformed } = remarksOn(candidate, values, this.evaluation);
    for (const directive of directives) this.usedDirectives.add(rangeKey(directive));
    const hashes = values.hashes.map(({ value }) => value);
    const system = values.arch ? state.system : systemOfSite(candidate, hashes, this.evaluation);
    const isNamed = system !== undefined && system !== state.system;
    return {
      site: {
        ...values,
        ...this.locations.at(node),
        assumed: assumptionsOf(values, isNamed),
        finalTagGuesses: finalTagGuesses(values, key),
        systems: system === undefined ? this.systems : [system],
        isPlatformDependent: system !== undefined,
        notes,
        rules,
        isFrozen,
        literals,
        entry: hashes.length > 0 ? entryOfSystem(node, this.evaluation.files) : undefined,
        flaw: flawOf(values),
        hold: this.unreadable(malformed, node),
      },
      problems: malformed.flatMap((comment) => this.problem('malformed-directive', comment, MALFORMED).problems),
    };
  }

  /** A pin stays when a directive of it cannot be read: it may say to freeze the pin. */
  private unreadable([comment]: readonly SourceRange[], node: SourceRange): PinSite['hold'] {
    if (!comment) return undefined;
    const { file, line } = this.locations.at(comment);
    const message = `its directive at ${file}:${line} cannot be read, so it stays as it is: ${MALFORMED}`;
    return { ...this.locations.at(node), part: 'pin', message, directive: { file, line } };
  }

  private unfollowed({ kind, node, written }: Candidate, what: string, value: UnknownValue): Assessment {
    const { code, message } = this.locations.unfollowable(value);
    const digests = digestsWithin([written], value, this.evaluation, kind === 'string' ? value : undefined);
    const { problems } = this.problem(
      code === 'parameter' ? 'template' : 'unfollowable',
      node,
      withDigests(`${what} cannot be followed: ${message}`, digests),
    );
    return { problems: problems.map((problem) => ({ ...problem, cause: value.deadEnd })) };
  }

  private problem(code: PinProblemCode, node: SourceRange, message: string, digest?: Followed<TextValue>): Assessment {
    const imageDigest = digest?.kind === 'text' ? { imageDigest: digest.text } : {};
    return { problems: [{ ...this.locations.at(node), code, message, ...imageDigest }] };
  }
}

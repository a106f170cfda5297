import { PullpinError } from '../errors.js';
import { digestFlaw, EMPTY_TEMPLATE, flawOf, isEmptyTemplate } from '../nix/find/images/flaws.js';
import { imageParts, isTagKey } from '../nix/find/images/image-parts.js';
import { keyAsTag, ownTagInKey, Siblings } from '../nix/find/images/key-as-tag.js';
import { parseOciString } from '../nix/find/images/oci-string.js';
import { argumentCaution } from '../nix/find/images/own-arguments.js';
import { repositoryOf } from '../nix/find/notes/remarks.js';
import type { Hold, Location, PinProblem, PinSite } from '../nix/find/pin-site.js';
import { assumptionsOf, finalTagGuesses } from '../nix/find/recipe.js';
import { MALFORMED } from '../nix/find/stray-directives.js';
import { withoutRecognised } from '../nix/find/unrecognised.js';
import type { DataFormat } from '../nix/language/data-format.js';
import { Lines, type Range } from '../nix/language/position.js';
import { Budget } from '../nix/values/budget.js';
import { literalsOf } from '../nix/values/text.js';
import { rangeKey } from '../nix/values/value.js';
import { IMAGE_KEYS, NIX_PREFETCH_DOCKER, NPINS, siteValues, systemsAt, valueAt, valueIn } from './image-values.js';
import { type OtherDigest, OtherDigests } from './other-digests.js';
import { DataRemarks } from './remarks.js';
import type { DataFile, DataMap, DataText } from './tree/data-file.js';
import { MapTexts, type Texts } from './tree/texts.js';
import { type DataVisit, ownValue, visits } from './tree/visits.js';

/** What was found in a data file. */
export interface FoundInData {
  readonly sites: readonly PinSite[];
  readonly problems: readonly PinProblem[];
  readonly usedDirectives: ReadonlySet<string>;
}

type Values = Omit<
  PinSite,
  keyof Location | 'assumed' | 'finalTagGuesses' | 'systems' | 'isPlatformDependent' | 'notes' | 'rules' | 'isFrozen'
>;

const ANCHORED =
  'a part of it has an anchor, by which other places of the file may use it: write it without the anchor';

/**
 * Finds the pins in a data file: maps with the keys of nix-prefetch-docker, or with an image in parts, at any depth, npins' Containers, and
 * strings `name[:tag]@sha256:…`.
 */
export class DataPins {
  private readonly sites: PinSite[] = [];
  private readonly problems: PinProblem[] = [];
  private readonly usedDirectives = new Set<string>();
  private readonly lines: Lines;
  private readonly siblings: Siblings;
  private readonly remarks: DataRemarks;
  private readonly others: OtherDigests;
  private readonly budget: Budget;
  private readonly texts = new MapTexts();

  constructor(
    private readonly file: DataFile,
    format: DataFormat,
    private readonly systems: readonly string[],
  ) {
    this.lines = new Lines(file.source);
    this.siblings = new Siblings(file.source);
    this.budget = new Budget(file.source.length);
    this.remarks = new DataRemarks(file, this.budget);
    this.others = new OtherDigests(file, format);
  }

  find(): FoundInData {
    for (const visit of visits(this.file)) {
      const { node } = visit;
      if (node.kind === 'text') this.string({ ...visit, node });
      if (node.kind === 'map') this.object({ ...visit, node });
    }
    const { usedDirectives } = this;
    if (this.budget.isSpent) return { sites: [], problems: [this.tooHeavy()], usedDirectives: new Set() };
    return { sites: this.sites, problems: withoutRecognised(this.problems, this.sites), usedDirectives };
  }

  private object(visit: DataVisit<DataMap>): void {
    const { node } = visit;
    const texts = this.texts.of(node);
    const keys = texts.get('type')?.text === 'Container' ? NPINS : NIX_PREFETCH_DOCKER;
    const [imageName, imageDigest] = [texts.get(keys.imageName), texts.get(keys.imageDigest)];
    if (!imageName || !imageDigest) {
      this.parts(visit, texts);
      return;
    }
    const isEmpty = isEmptyTemplate(imageName, imageDigest);
    const flaw = isEmpty ? EMPTY_TEMPLATE : digestFlaw(imageDigest.text);
    if (flaw !== undefined) {
      this.problem(node, isEmpty ? 'template' : 'malformed-digest', flaw);
      return;
    }
    const found = { ...siteValues(texts, keys), imageName: valueIn(imageName), imageDigest: valueIn(imageDigest) };
    const frozen = keys === NPINS ? ownValue(node, 'frozen') : undefined;
    const isFrozen = frozen?.kind === 'other' && frozen.text === 'true';
    this.add(visit, { form: keys.form, target: 'docker-archive', ...found }, texts, isFrozen);
  }

  private parts(visit: DataVisit<DataMap>, texts: Texts): void {
    const parts = imageParts((name) => valueAt(texts, name));
    if (parts && 'kind' in parts && parts.kind === 'malformed')
      this.problem(visit.node, 'malformed-digest', parts.message);
    if (!parts || 'kind' in parts) return;
    const found = siteValues(texts, NIX_PREFETCH_DOCKER);
    const form = found.hashes.length > 0 ? 'json' : 'oci-set';
    this.add(visit, { ...found, ...parts, tag: parts.tag ?? found.tag, form, target: 'docker-archive' }, texts);
  }

  private string(visit: DataVisit<DataText>): void {
    const { node, key } = visit;
    const parsed = isTagKey(key) ? undefined : parseOciString(valueIn(node));
    if (parsed instanceof PullpinError) {
      this.problem(node, 'malformed-reference', parsed.message);
      return;
    }
    if (parsed && node.hindrance !== undefined) {
      const message = `the image '${node.text}' stays as it is, because ${node.hindrance}`;
      this.problems.push(this.unrecognised({ ...node, message, imageDigest: parsed.imageDigest.text }));
      return;
    }
    if (!parsed) {
      for (const each of this.others.of(visit)) this.problems.push(this.unrecognised(each));
      return;
    }
    const tag = parsed.tag ?? keyAsTag(key, parsed.imageName.text, this.siblings);
    const kind = { form: 'oci-string', target: 'docker-archive', hashes: [] } as const;
    const values = { ...kind, imageName: parsed.imageName, imageDigest: parsed.imageDigest, tag };
    this.add(visit, values, new Map([['image', node]]));
  }

  private add(visit: DataVisit<DataMap | DataText>, values: Values, texts: Texts, isFrozen = false): void {
    const { node, key } = visit;
    const tag = values.tag ?? (node.kind === 'map' ? ownTagInKey(key, values.imageName.text) : undefined);
    const recipe = { assumed: assumptionsOf(values), finalTagGuesses: finalTagGuesses({ ...values, tag }, key) };
    const flaw = flawOf(values);
    const literals = [values.imageName, values.imageDigest].flatMap(literalsOf);
    const remarks = this.remarks.on({ visit, literals, repository: repositoryOf(values.imageName.text) });
    for (const directive of remarks.directives) this.usedDirectives.add(rangeKey(directive));
    for (const range of remarks.malformed) this.problem(range, 'malformed-directive', MALFORMED);
    this.sites.push({
      ...values,
      tag,
      flaw,
      cautions: this.cautions(node, texts),
      ...recipe,
      ...this.at(node),
      ...systemsAt(visit, values, this.systems),
      notes: remarks.notes,
      rules: remarks.rules,
      isFrozen: isFrozen || remarks.isFrozen,
      hold: this.unreadable(node, remarks.malformed) ?? this.hold(node, texts),
    });
  }

  /** A pin stays when a directive of it cannot be read: it may say to freeze the pin. */
  private unreadable(node: Range, [comment]: readonly Range[]): Hold | undefined {
    if (!comment) return undefined;
    const { file, line } = this.at(comment);
    const message = `its directive at ${file}:${line} cannot be read, so it stays as it is: ${MALFORMED}`;
    return { ...this.at(node), part: 'pin', message, directive: { file, line } };
  }

  private hold(node: DataMap | DataText, texts: Texts): Hold | undefined {
    const at = this.at(node);
    if (node.kind === 'map' && ownValue(node, 'layers')?.kind === 'list' && ownValue(node, 'configDigest')) {
      const message = 'it names its layers, which are changed in Nix files only: keep it in a Nix file';
      return { ...at, part: 'pin', message };
    }
    // An image string moves as a whole, wherever else it is used.
    const own = node.kind === 'map' ? IMAGE_KEYS.flatMap((key) => texts.get(key) ?? []) : [];
    const hindered = own.filter(({ hindrance, isAnchored }) => hindrance !== undefined || isAnchored);
    const [first] = hindered;
    if (!first) return undefined;
    const isUnclear = hindered.some(({ isUncertain, origin }) => isUncertain || !origin.verbatim);
    return { ...at, part: isUnclear ? 'pin' : 'digest', message: first.hindrance ?? ANCHORED };
  }

  private cautions(node: DataMap | DataText, texts: Texts): PinSite['cautions'] {
    const caution = node.kind === 'map' ? argumentCaution(texts.keys(), false) : undefined;
    return caution && [{ ...this.at(node), code: caution.code, message: caution.message }];
  }

  private problem(range: Range, code: PinProblem['code'], message: string): void {
    this.problems.push({ code, message, ...this.at(range) });
  }

  private unrecognised({ start, end, message, imageDigest }: OtherDigest): PinProblem {
    return { ...this.at({ start, end }), code: 'unrecognised', message, imageDigest };
  }

  private tooHeavy(): PinProblem {
    const message = 'the file is too heavy to read, so that none of its pins is looked at: write shorter comments';
    return { ...this.at({ start: 0, end: 0 }), code: 'unfollowable', message };
  }

  private at({ start, end }: Range): Location {
    return { file: this.file.path, start, end, ...this.lines.at(start) };
  }
}

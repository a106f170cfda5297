import type { Node } from 'jsonc-parser';
import { PullpinError } from '../../errors.js';
import { Lines } from '../language/position.js';
import { jsonTexts, jsonValue, keyOf, namedTexts, parseJsonTree, propertyOf, valuesIn } from '../values/json.js';
import type { TextValue } from '../values/value.js';
import { digestFlaw, EMPTY_TEMPLATE, flawOf } from './images/flaws.js';
import { imageParts, isTagKey } from './images/image-parts.js';
import { keyAsTag, ownTagInKey, Siblings } from './images/key-as-tag.js';
import { Neighbours } from './images/neighbours.js';
import { parseOciString } from './images/oci-string.js';
import { argumentCaution, isOwnHash } from './images/own-arguments.js';
import { mayHoldDigests, possibleDigests, withPrefix } from './images/possible-digests.js';
import type { FoundPins, Hold, Location, PinForm, PinProblem, PinSite } from './pin-site.js';
import { assumptionsOf, finalTagGuesses } from './recipe.js';
import { ownTag, pinHash } from './site-values.js';
import { withoutRecognised } from './unrecognised.js';

interface Keys {
  readonly form: PinForm;
  readonly imageName: string;
  readonly imageDigest: string;
  readonly finalImageTag: string;
}

const NIX_PREFETCH_DOCKER: Keys = {
  ...{ form: 'json', imageName: 'imageName', imageDigest: 'imageDigest', finalImageTag: 'finalImageTag' },
};
// npins passes `image_tag` to pullImage as finalImageTag (its src/default.nix).
const NPINS: Keys = { form: 'npins', imageName: 'image_name', imageDigest: 'image_digest', finalImageTag: 'image_tag' };

/**
 * Finds the pins in JSON: objects with the keys of nix-prefetch-docker, or with an image in parts, at any depth, npins' Containers, and
 * strings `name[:tag]@sha256:…`. Throws a NixSyntaxError.
 */
export function findJsonPins(source: string, file: string, systems: readonly string[]): FoundPins {
  const usedDirectives = new Set<string>();
  if (!mayHoldDigests(source)) return { sites: [], problems: [], besides: [], usedDirectives };
  return new JsonPins(source, file, systems).find();
}

type Values = Omit<
  PinSite,
  keyof Location | 'assumed' | 'finalTagGuesses' | 'systems' | 'isPlatformDependent' | 'notes' | 'rules' | 'isFrozen'
>;

class JsonPins {
  private readonly sites: PinSite[] = [];
  private readonly problems: PinProblem[] = [];
  private readonly lines: Lines;
  private readonly siblings: Siblings;
  private readonly neighbours = new Map<Node, Neighbours>();

  constructor(
    private readonly source: string,
    private readonly file: string,
    private readonly systems: readonly string[],
  ) {
    this.lines = new Lines(source);
    this.siblings = new Siblings(source);
  }

  find(): FoundPins {
    const waiting = [parseJsonTree(this.source, this.file)];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (node.type === 'string') this.string(node);
      if (node.type === 'object') this.object(node);
      for (const value of valuesIn(node).reverse()) waiting.push(value);
    }
    const problems = withoutRecognised(this.problems, this.sites);
    return { sites: this.sites, problems, besides: [], usedDirectives: new Set() };
  }

  private object(node: Node): void {
    const values = jsonTexts(node, this.source, this.file);
    const keys = values.get('type')?.text === 'Container' ? NPINS : NIX_PREFETCH_DOCKER;
    const [imageName, imageDigest] = [values.get(keys.imageName), values.get(keys.imageDigest)];
    if (!imageName || !imageDigest) {
      this.parts(node, values);
      return;
    }
    if (imageDigest.text === '' && imageName.text === '') {
      this.problem(node, 'template', EMPTY_TEMPLATE);
      return;
    }
    const flaw = imageDigest.text === '' ? undefined : digestFlaw(imageDigest.text);
    if (flaw === undefined) {
      const isFrozen = keys === NPINS && propertyOf(node, 'frozen')?.value === true;
      const found = { ...siteValues(values, keys), imageName, imageDigest };
      this.add(node, { form: keys.form, target: 'docker-archive', ...found }, isFrozen);
      return;
    }
    this.problem(node, 'malformed-digest', flaw);
  }

  private problem(node: Node, code: PinProblem['code'], message: string): void {
    this.problems.push({ code, message, ...this.at(node) });
  }

  private parts(node: Node, values: ReadonlyMap<string, TextValue>): void {
    const parts = imageParts((name) => values.get(name));
    if (!parts || 'kind' in parts) return;
    const found = siteValues(values, NIX_PREFETCH_DOCKER);
    const form = found.hashes.length > 0 ? 'json' : 'oci-set';
    this.add(node, { ...found, ...parts, tag: parts.tag ?? found.tag, form, target: 'docker-archive' });
  }

  private string(node: Node): void {
    const key = keyOf(node);
    const value = jsonValue(node, this.source, this.file);
    if (value.kind !== 'text') return;
    const parsed = isTagKey(key) ? undefined : parseOciString(value);
    if (parsed instanceof PullpinError) {
      this.problem(node, 'malformed-reference', parsed.message);
      return;
    }
    if (!parsed) {
      this.digests(node, value.text, key);
      return;
    }
    const tag = parsed.tag ?? keyAsTag(key, parsed.imageName.text, this.siblings);
    const kind = { form: 'oci-string', target: 'docker-archive', hashes: [] } as const;
    this.add(node, { ...kind, imageName: parsed.imageName, imageDigest: parsed.imageDigest, tag });
  }

  /** Records digests that may belong to no pin, so that each can be reported if no site of this file has it. */
  private digests(node: Node, text: string, key: string | undefined): void {
    const beside = this.neighboursOf(node)?.beside({ name: key ?? '', text });
    if (!beside) return;
    // Only where a hash or an image stands beside it, because other tools use the same names for other things.
    const names = (beside.hasHash || beside.hasImage) && key !== undefined ? [key] : [];
    for (const { message, imageDigest } of possibleDigests(text, { names, ...beside })) {
      this.problems.push({ ...this.at(node), code: 'unrecognised', message, imageDigest: withPrefix(imageDigest) });
    }
  }

  /** The texts of the object or the array that a string stands in. */
  private neighboursOf({ parent }: Node): Neighbours | undefined {
    const whole = parent?.type === 'property' ? parent.parent : parent;
    if (!whole) return undefined;
    const known = this.neighbours.get(whole) ?? new Neighbours(namedTexts(whole));
    this.neighbours.set(whole, known);
    return known;
  }

  private add(node: Node, values: Values, isFrozen = false): void {
    const key = keyOf(node);
    const tag = values.tag ?? (node.type === 'object' ? ownTagInKey(key, values.imageName.text) : undefined);
    const recipe = { assumed: assumptionsOf(values), finalTagGuesses: finalTagGuesses({ ...values, tag }, key) };
    const surrounding = { systems: this.systems, isPlatformDependent: false, notes: [], rules: [], isFrozen };
    const flaw = flawOf(values);
    const hold = this.hold(node);
    this.sites.push({
      ...values,
      tag,
      flaw,
      ...this.cautions(node),
      ...recipe,
      ...this.at(node),
      ...surrounding,
      hold,
    });
  }

  /** Digest and layers belong together. */
  private hold(node: Node): Hold | undefined {
    if (propertyOf(node, 'layers')?.type !== 'array' || !propertyOf(node, 'configDigest')) return undefined;
    const message = 'it names its layers, which are changed in Nix files only: keep it in a Nix file';
    return { ...this.at(node), part: 'pin', message };
  }

  private cautions(node: Node): Pick<PinSite, 'cautions'> {
    const caution = argumentCaution(jsonTexts(node, this.source, this.file).keys(), false);
    return caution ? { cautions: [{ ...this.at(node), code: caution.code, message: caution.message }] } : {};
  }

  private at({ offset, length }: Node): Location {
    return { file: this.file, start: offset, end: offset + length, ...this.lines.at(offset) };
  }
}

function siteValues(
  values: ReadonlyMap<string, TextValue>,
  keys: Keys,
): Pick<PinSite, 'hashes' | 'finalImageName' | 'finalImageTag' | 'tag' | 'os' | 'arch'> {
  const [finalImageName, finalImageTag] = [values.get('finalImageName'), values.get(keys.finalImageTag)];
  const tag = ownTag([values.get('tag'), values.get('imageTag')]) ?? finalImageTag;
  const [os, arch] = [values.get('os'), values.get('arch')];
  return {
    hashes: [...values.keys()].filter(isOwnHash).flatMap((name) => {
      const value = values.get(name);
      return value ? [pinHash(name, value)] : [];
    }),
    finalImageName,
    finalImageTag,
    tag,
    os,
    arch,
  };
}

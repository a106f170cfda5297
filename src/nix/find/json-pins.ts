import type { Node } from 'jsonc-parser';
import { isDigest } from '../../oci/digest.js';
import { Lines } from '../language/position.js';
import { jsonValue, parseJsonTree } from '../values/json.js';
import type { TextValue } from '../values/value.js';
import type { FoundPins, PinForm, PinProblem, PinSite } from './pin-site.js';
import { assumptionsOf, finalTagGuesses } from './recipe.js';
import { ownTag, pinHash } from './site-values.js';

interface Keys {
  readonly form: PinForm;
  readonly imageName: string;
  readonly imageDigest: string;
  readonly finalImageTag: string;
}

const NIX_PREFETCH_DOCKER: Keys = {
  ...{ form: 'json', imageName: 'imageName', imageDigest: 'imageDigest', finalImageTag: 'finalImageTag' },
};
// npins hands `image_tag` to pullImage as finalImageTag (its src/default.nix).
const NPINS: Keys = { form: 'npins', imageName: 'image_name', imageDigest: 'image_digest', finalImageTag: 'image_tag' };

const MAY_HOLD_PINS = /"(?:imageDigest|image_digest)"/;

/** Finds the pins in JSON: objects with the keys of nix-prefetch-docker at any depth, and npins' Containers. Throws a NixSyntaxError. */
export function findJsonPins(source: string, file: string, systems: readonly string[]): FoundPins {
  const sites: PinSite[] = [];
  const problems: PinProblem[] = [];
  const usedDirectives = new Set<string>();
  if (!MAY_HOLD_PINS.test(source)) return { sites, problems, usedDirectives };
  const lines = new Lines(source);
  const waiting = [parseJsonTree(source, file)];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const values = valuesOf(node, source, file);
    const keys = values.get('type')?.text === 'Container' ? NPINS : NIX_PREFETCH_DOCKER;
    const [imageName, imageDigest] = [values.get(keys.imageName), values.get(keys.imageDigest)];
    const location = { file, start: node.offset, end: node.offset + node.length, ...lines.at(node.offset) };
    if (imageName && imageDigest) {
      if (imageDigest.text === '' || isDigest(imageDigest.text)) {
        const found = siteValues(values, keys);
        const isFrozen = keys === NPINS && hasTrue(node, 'frozen');
        const written = { form: keys.form, target: 'docker-archive', ...found } as const;
        sites.push({
          ...{ ...written, imageName, imageDigest, ...location, isFrozen },
          ...{ assumed: assumptionsOf(written), finalTagGuesses: finalTagGuesses(written) },
          ...{ systems, isPlatformDependent: false, notes: [] },
        });
      } else {
        const message = `${keys.imageDigest} is not sha256: and 64 lower-case hex digits`;
        problems.push({ code: 'malformed-digest', message, ...location });
      }
    }
    waiting.push(
      ...(node.children ?? [])
        .flatMap((child) => (child.type === 'property' ? (child.children?.slice(1) ?? []) : [child]))
        .reverse(),
    );
  }
  return { sites, problems, usedDirectives };
}

function siteValues(
  values: ReadonlyMap<string, TextValue>,
  keys: Keys,
): Pick<PinSite, 'hashes' | 'finalImageTag' | 'tag'> {
  const [finalImageName, finalImageTag] = [values.get('finalImageName'), values.get(keys.finalImageTag)];
  const tag = ownTag([values.get('tag'), values.get('imageTag')]) ?? finalImageTag;
  const [os, arch] = [values.get('os'), values.get('arch')];
  return {
    hashes: ['hash', 'sha256'].flatMap((name) => {
      const value = values.get(name);
      return value ? [pinHash(name, value)] : [];
    }),
    ...(finalImageName && { finalImageName }),
    ...(finalImageTag && { finalImageTag }),
    ...(tag && { tag }),
    ...(os && { os }),
    ...(arch && { arch }),
  };
}

function valuesOf(node: Node, source: string, file: string): Map<string, TextValue> {
  const values = new Map<string, TextValue>();
  if (node.type !== 'object') return values;
  for (const { children: [key, child] = [] } of node.children ?? []) {
    const value = child?.type === 'string' ? jsonValue(child, source, file) : undefined;
    if (value?.kind === 'text') values.set(String(key?.value), value);
  }
  return values;
}

function hasTrue(node: Node, name: string): boolean {
  return (node.children ?? []).some(({ children: [key, child] = [] }) => key?.value === name && child?.value === true);
}

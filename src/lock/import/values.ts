import { shortName } from '../../oci/reference.js';
import type { DataMap, DataNode } from '../../text/tree/data-file.js';
import { type DataVisit, ownValue, visits } from '../../text/tree/visits.js';
import { DataFields, dataFieldsOf, withoutAlias } from './data-fields.js';
import type { DirectiveReader } from './directives.js';
import { checkPlain } from './image-text.js';
import { ImportError, type ImportedImages, type ImportedPin } from './imported-images.js';

/** A key that has an image: `image`, `sidecarImage`. */
const IMAGE_KEY = /image$/i;
const TAGS = ['tag', 'imageTag'];

/** Reads the images of Helm values, and of any other YAML that names images in this way: in parts, or as a text below the key `image`. */
export function readValues(found: ImportedImages, directives: DirectiveReader): void {
  /** Texts that are a part of an image. */
  const parts = new Set<DataNode>();
  noteOtherRegistry(found);
  for (const visit of visits(found.file)) {
    const { key = '' } = visit;
    const node = IMAGE_KEY.test(key) ? withoutAlias(visit.node) : visit.node;
    if (node?.kind === 'map') {
      const name = nameKey(node, key);
      const part = name === undefined ? undefined : new DataFields(node).value(name);
      if (name === undefined || !part) continue;
      parts.add(part);
      found.add(nameOf(visit, part), visit.place ?? node, () => imageInParts(node, name, directives));
    }
    if (node?.kind === 'text' && !parts.has(node) && isImageText(key, node.text))
      found.add(nameOf(visit, node), visit.place ?? node, () => imageInText(node, node.text, directives));
  }
}

/** Charts of Bitnami and others put this registry in place of the one that an image names. */
function noteOtherRegistry(found: ImportedImages): void {
  for (const { root } of found.file.documents) {
    const registry = dataFieldsOf(root)?.inner('global').value('imageRegistry');
    if (registry?.kind === 'text' && registry.text !== '')
      found.note(registry, `a chart may take its images from ${registry.text}, which is left alone here`);
  }
}

/** The key that has the name of an image whose parts a map has: its repository, or what stands beside its tag. */
function nameKey(map: DataMap, key: string): string | undefined {
  const fields = new DataFields(map);
  const isNamed = (name: string): boolean => fields.value(name)?.kind === 'text';
  const hasTag = TAGS.some((tag) => fields.hasKey(tag));
  const isImage = IMAGE_KEY.test(key);
  if (isNamed('repository') && (isImage || hasTag || fields.has('digest') || fields.has('registry')))
    return 'repository';
  if (isNamed('image') && hasTag) return 'image';
  return isImage && hasTag && isNamed('name') ? 'name' : undefined;
}

/** Below another key than `image`, a word alone may be anything. */
function isImageText(key: string, text: string): boolean {
  if (text === '' || !IMAGE_KEY.test(key)) return false;
  return key === 'image' || /^[a-z0-9][\w./-]*(?::[0-9]+\/[\w./-]+)?[:@]\w/.test(text);
}

function imageInText(node: DataNode, text: string, directives: DirectiveReader): ImportedPin {
  checkPlain(text, 'image');
  const { image, digest, keys } = directives.imageAt(text, node);
  return { keys: { image, ...keys }, digest };
}

function imageInParts(map: DataMap, nameAt: string, directives: DirectiveReader): ImportedPin {
  const fields = new DataFields(map);
  const registry = fields.text('registry') ?? '';
  const name = `${registry === '' ? '' : `${registry.replace(/\/$/, '')}/`}${fields.required(nameAt)}`;
  const tag = TAGS.map((key) => fields.text(key)).find((each) => each !== undefined && each !== '');
  const digest = digestOf(fields);
  const text = `${name}${tag === undefined ? '' : `:${tag}`.replace(/^:@/, '@')}${digest === '' ? '' : `@${digest}`}`;
  checkPlain(text, 'image');
  const hasTag = tag !== undefined || /:[^/@]+(?:@|$)/.test(name);
  if (!hasTag && digest === '') throw new ImportError('it names no tag, so that the chart decides: write the tag');
  const { image, digest: recorded, keys } = directives.imageAt(text, map);
  return { keys: { image, ...keys }, digest: recorded };
}

/** `digest: sha256:…`, or `sha:` with the digits alone. */
function digestOf(fields: DataFields): string {
  const [digest = '', sha = ''] = [fields.text('digest'), fields.text('sha')];
  return digest === '' && sha !== '' ? `sha256:${sha.replace(/^sha256:/, '')}` : digest;
}

/** `controller-webhook` for `controller.webhook.image.repository`; the name of its image where nothing is around that. */
function nameOf(visit: DataVisit, part: DataNode): string {
  const words: string[] = [];
  for (let at: DataVisit | undefined = visit; at?.parent; at = at.parent) {
    if (at.key !== undefined) words.unshift(at.key);
    const own = at.key === undefined && at.node.kind === 'map' ? ownValue(at.node, 'name') : undefined;
    if (own?.kind !== 'text') continue;
    // A container of a list is known by its name.
    words.unshift(own.text);
    break;
  }
  const [first, ...others] = [...words.slice(0, -1), (words.at(-1) ?? '').replace(/[_-]?image$/i, '')].filter(
    (word) => word !== '',
  );
  const named = first === 'images' && others.length > 0 ? others : [first ?? '', ...others];
  return named.join('-') || shortName(part.kind === 'text' ? part.text : '').replace(/[:@].*$/, '');
}

import { printable } from '../../errors.js';
import { parseReference } from '../../oci/reference.js';
import type { DataMap, DataNode } from '../../text/tree/data-file.js';
import { ownValue } from '../../text/tree/visits.js';
import { DataFields, dataFieldsOf } from './data-fields.js';
import type { DirectiveReader } from './directives.js';
import { type ForeignImages, type ForeignPin, ImportError } from './foreign-images.js';
import { writtenImage } from './image-text.js';

/** What may stand beside the services of a compose file. */
const BESIDE = /^(?:services|version|name|include|networks|volumes|configs|secrets|models|x-.*)$/;

export function isCompose(root: DataMap): boolean {
  const services = dataFieldsOf(new DataFields(root).value('services'));
  const isOne = services?.map.entries.every(({ value }) => dataFieldsOf(value) !== undefined) ?? false;
  return isOne && root.entries.every(({ key }) => BESIDE.test(key));
}

/** Reads the services of a compose file. */
export function readCompose(root: DataMap, found: ForeignImages, directives: DirectiveReader): void {
  const fields = new DataFields(root);
  const included = fields.value('include');
  if (included) found.note(included, 'other files are included: import them as well');
  for (const { key, value, place = value } of fields.inner('services').map.entries) {
    const service = dataFieldsOf(value);
    const elsewhere = service && elsewhereOf(service);
    if (elsewhere !== undefined) found.note(place, `${key} ${elsewhere}`);
    else if (service) found.add(key, ownValue(service.map, 'image') ?? place, () => imageOf(service, directives));
  }
}

/** Why a service needs no image of a registry, or has it from another place. */
function elsewhereOf(service: DataFields): string | undefined {
  if (service.has('build')) return 'is built here, and not imported';
  const policy = service.value('pull_policy');
  if (policy?.kind === 'text' && /^(?:never|build)$/.test(policy.text)) return 'is never pulled, and not imported';
  if (service.has('image')) return undefined;
  return service.has('extends') ? 'has the image of the service that it extends' : 'names no image';
}

function imageOf(service: DataFields, directives: DirectiveReader): ForeignPin {
  const text = service.required('image');
  checkPlain(text, 'image');
  const { image, digest, keys } = imageAt(text, service.value('image'), directives);
  const platform = service.text('platform');
  if (platform !== undefined) checkPlain(platform, 'platform');
  return { keys: { image, platforms: platform, ...keys }, digest };
}

/** What a text and the comments at it say of an image. */
export function imageAt(text: string, node: DataNode | undefined, directives: DirectiveReader) {
  const { name, digest } = parseReference(text);
  const { tag, keys } = node ? directives.at(node, name) : { tag: undefined, keys: {} };
  const { rule } = keys;
  return { ...writtenImage(text, { tag: digest && tag, isMoving: rule !== undefined }), keys };
}

/** Throws an ImportError for a text that depends on variables or is a template. */
export function checkPlain(text: string, key: string): void {
  const [part] = /\$\{[^}]*\}?|\$\w*|\{\{.*/s.exec(text) ?? [];
  if (part !== undefined)
    throw new ImportError(`its ${key} depends on ${printable(part, 50)}: write the value in its place`);
}

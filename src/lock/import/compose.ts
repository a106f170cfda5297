import type { DataMap } from '../../text/tree/data-file.js';
import { ownValue } from '../../text/tree/visits.js';
import { DataFields, dataFieldsOf } from './data-fields.js';
import type { DirectiveReader } from './directives.js';
import { checkPlain } from './image-text.js';
import type { ImportedImages, ImportedPin } from './imported-images.js';

/** What may stand beside the services of a compose file. */
const BESIDE = /^(?:services|version|name|include|networks|volumes|configs|secrets|models|x-.*)$/;

export function isCompose(root: DataMap): boolean {
  const services = dataFieldsOf(new DataFields(root).value('services'));
  const isOne = services?.map.entries.every(({ value }) => dataFieldsOf(value) !== undefined) ?? false;
  return isOne && root.entries.every(({ key }) => BESIDE.test(key));
}

/** Reads the services of a compose file. */
export function readCompose(root: DataMap, found: ImportedImages, directives: DirectiveReader): void {
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

function imageOf(service: DataFields, directives: DirectiveReader): ImportedPin {
  const text = service.required('image');
  checkPlain(text, 'image');
  const { image, digest, keys } = directives.imageAt(text, service.value('image'));
  const platform = service.text('platform');
  if (platform !== undefined) checkPlain(platform, 'platform');
  return { keys: { image, platforms: platform, ...keys }, digest };
}

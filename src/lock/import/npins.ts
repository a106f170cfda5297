import { PullpinError, printable } from '../../errors.js';
import type { DataMap } from '../../text/tree/data-file.js';
import { NPINS_VERSION } from '../npins-format.js';
import { DataFields, dataFieldsOf, isText } from './data-fields.js';
import { recordedDigest, recordedHash } from './image-text.js';
import { ImportError, type ImportedImages, type ImportedPin } from './imported-images.js';

/** The keys of a Container, the same in all versions that have Containers. */
const KEYS = ['type', 'image_name', 'image_tag', 'arch', 'image_digest', 'hash', 'frozen'];

export function isNpins(root: DataMap): boolean {
  const fields = new DataFields(root);
  return dataFieldsOf(fields.value('pins')) !== undefined && fields.has('version');
}

/** Reads the Containers of npins' sources.json. Throws a PullpinError for a version that is not known. */
export function readNpins(root: DataMap, found: ImportedImages): void {
  const fields = new DataFields(root);
  checkNpinsVersion(fields, found.file.path);
  const others: string[] = [];
  for (const { key, value, place = value } of fields.inner('pins').map.entries) {
    const pin = dataFieldsOf(value);
    if (isText(pin?.value('type'), 'Container') && pin) found.add(key, place, () => container(pin));
    else others.push(key);
  }
  found.noteOthers(others);
}

/** Throws a PullpinError for a newer version than the one that is known, or none. */
function checkNpinsVersion(fields: DataFields, path: string): void {
  const node = fields.value('version');
  const version = node?.kind === 'other' ? Number(node.text) : Number.NaN;
  if (Number.isInteger(version) && version >= 0 && version <= NPINS_VERSION) return;
  const shown = node?.kind === 'other' || node?.kind === 'text' ? ` ${printable(node.text, 20)}` : '';
  throw new PullpinError(
    `${printable(path)} has the version${shown} of npins' format, and this pullpin knows versions up to ${NPINS_VERSION}: use a newer pullpin`,
  );
}

function container(fields: DataFields): ImportedPin {
  const unknown = fields.map.entries.find(({ key }) => !KEYS.includes(key));
  if (unknown) throw new ImportError(`this pullpin does not know its key '${printable(unknown.key, 50)}'`);
  const arch = fields.text('arch');
  return {
    keys: {
      image: `${fields.required('image_name')}:${fields.required('image_tag')}`,
      platforms: arch === undefined ? undefined : `linux/${arch}`,
      freeze: fields.isTrue('frozen') || undefined,
    },
    digest: recordedDigest(fields.text('image_digest')),
    hash: recordedHash(fields.text('hash')),
  };
}

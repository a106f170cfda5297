import { formatReference, parseReference } from '../../oci/reference.js';
import type { DataEntry, DataMap, DataNode } from '../../text/tree/data-file.js';
import { dataFieldsOf, isText } from './data-fields.js';
import { distinctNames } from './entry-name.js';
import { recordedDigest, recordedHash } from './image-text.js';
import { ImportError, type ImportedImages, type ImportedPin } from './imported-images.js';

/** What the keys of uptix' other dependencies begin with. */
const OTHERS = '$';

export function isUptix({ entries }: DataMap): boolean {
  return entries.length > 0 && entries.every(({ key, value }) => key.startsWith(OTHERS) || isLocked(value));
}

/** An image is locked by its digest, or by an object with the digest and the hash; older versions have no metadata around that. */
function isLocked(node: DataNode): boolean {
  const fields = dataFieldsOf(node);
  return fields
    ? fields.has('lock') || fields.has('imageDigest')
    : node.kind === 'text' && node.text.startsWith('sha256:');
}

/** Reads the images of uptix.lock, whose keys are images. */
export function readUptix({ entries }: DataMap, found: ImportedImages): void {
  const images = entries.filter(isImage);
  const names = distinctNames(images.map(({ key }) => nameAndTag(key)));
  for (const [at, { key, value, place = value }] of images.entries())
    found.add(names[at] ?? '', place, () => locked(key, value));
  found.noteOthers(entries.filter((each) => !isImage(each)).map(({ key }) => key));
}

function isImage({ key, value }: DataEntry): boolean {
  const type = dataFieldsOf(value)?.inner('metadata').value('dep_type');
  return !key.startsWith(OTHERS) && (type === undefined || isText(type, 'docker'));
}

function nameAndTag(text: string): { name: string; tag: string } {
  const [, name = text, tag = 'latest'] = /^(.*?)(?::([^:/]*))?$/s.exec(text) ?? [];
  return { name, tag };
}

function locked(image: string, node: DataNode): ImportedPin {
  const { name, tag, digest } = parseReference(image);
  if (digest) throw new ImportError('an image in uptix.lock has no digest in its name');
  const keys = { image: formatReference({ name, tag }) };
  const lock = dataFieldsOf(node)?.value('lock') ?? node;
  if (lock.kind === 'text') return { keys, digest: recordedDigest(lock.text) };
  const fields = dataFieldsOf(lock);
  if (!fields) throw new ImportError('its lock is neither a digest nor an object');
  return { keys, digest: recordedDigest(fields.required('imageDigest')), hash: recordedHash(fields.text('sha256')) };
}

import { printable } from '../../errors.js';
import type { DataMap } from '../../text/tree/data-file.js';
import { DataFields, dataFieldsOf } from './data-fields.js';
import { recordedDigest, recordedHash } from './image-text.js';
import { ImportError, type ImportedImages, type ImportedPin } from './imported-images.js';

/** Where nvfetcher writes what it has found, beside nvfetcher.toml. */
export const GENERATED = '_sources/generated.json';

/** Whether each package of generated.json has a source. */
export function isGenerated({ entries }: DataMap): boolean {
  return (
    entries.length > 0 && entries.every(({ value }) => dataFieldsOf(dataFieldsOf(value)?.value('src')) !== undefined)
  );
}

/** Reads the images of generated.json. */
export function readGenerated({ entries }: DataMap, found: ImportedImages): void {
  const others: string[] = [];
  for (const { key, value, place = value } of entries) {
    const fields = dataFieldsOf(value);
    const source = fields?.inner('src');
    if (!fields || !source?.has('imageName')) others.push(key);
    else found.add(key, place, () => generatedPin(fields, source));
  }
  found.noteOthers(others);
}

function generatedPin(fields: DataFields, source: DataFields): ImportedPin {
  return {
    keys: { image: `${source.required('imageName')}:${source.required('imageTag')}`, ...settings(fields, source) },
    ...recorded(source),
    warnings: lost(source),
  };
}

/** Whether each table of a TOML file is a package of nvfetcher. */
export function isNvfetcher({ entries }: DataMap): boolean {
  return (
    entries.length > 0 && entries.every(({ value }) => dataFieldsOf(dataFieldsOf(value)?.value('fetch')) !== undefined)
  );
}

/**
 * Reads the packages of nvfetcher.toml that fetch images. Their tags, digests and hashes are in generated.json.
 *
 * @param generated what that file has; undefined when it is not there
 */
export function readNvfetcher({ entries }: DataMap, found: ImportedImages, generated: DataMap | undefined): void {
  const others: string[] = [];
  for (const { key, value, place = value } of entries) {
    const fields = dataFieldsOf(value);
    if (!fields?.inner('fetch').has('docker')) others.push(key);
    else
      found.add(key, place, () =>
        packagePin(key, fields, generated && new DataFields(generated).inner(key).inner('src')),
      );
  }
  found.noteOthers(others);
}

function packagePin(key: string, fields: DataFields, source: DataFields | undefined): ImportedPin {
  const name = fields.inner('fetch').required('docker');
  const manual = fields.inner('src').text('manual');
  const isCurrent = source?.text('imageName') === name && (manual === undefined || source.text('imageTag') === manual);
  const tag = manual ?? (isCurrent ? source?.text('imageTag') : undefined);
  if (tag === undefined)
    throw new ImportError(`its tag is not in ${GENERATED}: run nvfetcher first, or write src.manual = "TAG"`);
  const own = fields.inner('docker');
  return {
    keys: { image: `${name}:${tag}`, ...settings(fields, own) },
    ...recorded(isCurrent ? source : undefined),
    warnings: [...lost(own), ...(manual === undefined ? [followsNothing(key)] : [])],
  };
}

function followsNothing(key: string): string {
  return `nvfetcher chose its tag, which stays from now on; write a rule into [images.${printable(key, 100)}] to move it`;
}

/** What an image has beside its name, which is called the same in both files. */
function settings(fields: DataFields, source: DataFields) {
  const [os = 'linux', arch] = [source.text('os'), source.text('arch')];
  if (os !== 'linux' && arch === undefined) throw new ImportError(`it is for ${printable(os, 50)}, and names no arch`);
  return {
    platforms: arch === undefined ? undefined : `${os}/${arch}`,
    'final-name': source.text('finalImageName'),
    'final-tag': source.text('finalImageTag'),
    freeze: fields.isTrue('pinned') || undefined,
  };
}

function recorded(source: DataFields | undefined): Pick<ImportedPin, 'digest' | 'hash'> {
  return { digest: recordedDigest(source?.text('imageDigest')), hash: recordedHash(source?.text('sha256')) };
}

function lost(source: DataFields): string[] {
  return source.isFalse('tlsVerify')
    ? ['tlsVerify = false is not taken over: write --insecure HOST to allow that']
    : [];
}

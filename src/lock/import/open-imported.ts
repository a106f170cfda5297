import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { PullpinError, printable, UsageError } from '../../errors.js';
import { isOfLock } from '../../files/of-lock.js';
import { readSource } from '../../files/read-source.js';
import { exists } from '../../files/roots.js';
import { dataFormat } from '../../nix/language/data-format.js';
import { NixSyntaxError } from '../../nix/language/position.js';
import { parseJsonData } from '../../text/json/json-tree.js';
import { parseToml } from '../../text/toml/toml-file.js';
import type { DataFile, DataMap, ParseData } from '../../text/tree/data-file.js';
import { isCompose, readCompose } from './compose.js';
import { DirectiveReader } from './directives.js';
import { ImportedImages } from './imported-images.js';
import { isNpins, readNpins } from './npins.js';
import { GENERATED, isGenerated, isNvfetcher, readGenerated, readNvfetcher } from './nvfetcher.js';
import { isUptix, readUptix } from './uptix.js';
import { readValues } from './values.js';

/** What is known of files, for a message about another one. */
const KNOWN =
  'sources.json of npins, nvfetcher.toml, generated.json of nvfetcher, uptix.lock, compose files, Helm values';

/**
 * Reads the images of a file of another tool. Throws a PullpinError for a file that is none, or of a version that is not known.
 *
 * @param all the files of the run, among which may be another one that this one needs
 */
export async function openImported(path: string, all: readonly string[], folder: string): Promise<ImportedImages> {
  const file = await openData(path, folder);
  const found = new ImportedImages(file);
  const { root } = file.documents[0] ?? {};
  const isYaml = dataFormat(path) === 'yaml';
  if (root?.kind !== 'map') {
    if (!isYaml) throw unknownFile(path);
  } else if (root.entries.length === 0) throw namesNone(path);
  else if (isNpins(root)) readNpins(root, found);
  else if (isYaml || isCompose(root)) readYaml(file, found);
  else if (extname(path) === '.toml') {
    if (!isNvfetcher(root)) throw unknownFile(path);
    readNvfetcher(root, found, await generatedFor(path, all, folder));
  } else if (isGenerated(root)) readGenerated(root, found);
  else if (isUptix(root)) readUptix(root, found);
  else throw unknownFile(path);
  if (found.images.length + found.problems.length === 0) throw namesNone(path);
  return found;
}

function namesNone(path: string): PullpinError {
  return new PullpinError(`${printable(path)} names no image`);
}

function readYaml(file: DataFile, found: ImportedImages): void {
  const composed = file.documents.flatMap(({ root }) => (root.kind === 'map' && isCompose(root) ? [root] : []));
  const directives = new DirectiveReader(file);
  if (composed.length === 0) readValues(found, directives);
  for (const root of composed) readCompose(root, found, directives);
  for (const stray of directives.strays()) found.note(stray, 'this directive is at no image, and left alone');
}

function unknownFile(path: string): PullpinError {
  return new PullpinError(`${printable(path)} is none of the files that can be imported: ${KNOWN}`);
}

async function openData(path: string, folder: string): Promise<DataFile> {
  if (await isFolder(resolve(folder, path)))
    throw new UsageError(`${printable(path)} is a folder: name the file in it, such as npins/sources.json`);
  const text = await readSource(path, folder);
  if (isOfLock(text)) throw new PullpinError(`${printable(path)} is a lock of pullpin, and cannot be imported`);
  try {
    return (await parserOf(path))(text, path);
  } catch (cause) {
    if (!(cause instanceof NixSyntaxError)) throw cause;
    throw new PullpinError(`${printable(path)}:${cause.line}: ${printable(cause.problem)}`, { cause });
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** A file with another ending than those of its formats is a lock in JSON, as uptix.lock is. */
async function parserOf(path: string): Promise<ParseData> {
  const format = dataFormat(path);
  if (format === 'toml') return parseToml;
  if (format === 'yaml') return (await import('../../text/yaml/yaml-file.js')).parseYaml;
  if (format === 'json' || extname(path) === '.lock') return parseJsonData;
  throw unknownFile(path);
}

/** What nvfetcher has generated: a file of the run, or the one that it writes by itself beside nvfetcher.toml. */
async function generatedFor(path: string, all: readonly string[], folder: string): Promise<DataMap | undefined> {
  const named = all.find((each) => basename(each) === basename(GENERATED));
  const file = named ?? join(dirname(path), GENERATED);
  if (named === undefined && !(await exists(resolve(folder, file)))) return undefined;
  const { root } = (await openData(file, folder)).documents[0] ?? {};
  return root?.kind === 'map' ? root : undefined;
}

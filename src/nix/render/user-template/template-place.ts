import { stat } from 'node:fs/promises';
import { printable, UsageError } from '../../../errors.js';
import { didYouMean } from '../../../suggestion.js';
import { TEMPLATE_NAMES } from '../built-in/template-table.js';

/** Checks that a template of the user's own is there, and is a file. What stands in it is not read. Throws a UsageError. */
export async function checkTemplateFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found) throw unknownTemplate(file);
  if (!found.isFile()) throw await notTemplate(file);
}

/** A name that is neither that of a template nor of a file. */
export function unknownTemplate(name: string): UsageError {
  if (/[./]/.test(name)) return new UsageError(`there is no template file ${printable(name)}; check the path`);
  const builtIn = `; the templates are ${TEMPLATE_NAMES.join(', ')}, and files of your own`;
  return new UsageError(
    `there is no template '${printable(name)}', and no file of that name${didYouMean(name, TEMPLATE_NAMES) || builtIn}`,
  );
}

/** Something that has the name of a template and is no file. */
export async function notTemplate(file: string): Promise<UsageError> {
  const isFolder = (await stat(file).catch(() => undefined))?.isDirectory() ?? false;
  const what = isFolder
    ? 'a folder, and not a template: name a file in it'
    : 'a pipe or a device, and not a template: name a file';
  return new UsageError(`${printable(file)} is ${what}, or one of the templates of pullpin templates`);
}

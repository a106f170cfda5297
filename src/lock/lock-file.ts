import * as v from 'valibot';
import { PullpinError, printable } from '../errors.js';
import { LOCK_GENERATOR } from '../files/of-lock.js';
import { LOCK_SCHEMA, LOCK_VERSION, type Lock } from './lock-schema.js';

/** A file is no lock that this pullpin can read. */
export class LockFileError extends PullpinError {}

/** Reads a lock. Throws a LockFileError that names the file. */
export function readLock(text: string, file: string): Lock {
  const shown = printable(file);
  const value = parseJson(text, shown);
  const { generator, version } = isRecord(value) ? value : {};
  if (generator !== LOCK_GENERATOR)
    throw new LockFileError(`${shown} is not a lock that pullpin has written; move it away, or name another FILE`);
  if (typeof version === 'number' && version > LOCK_VERSION)
    throw new LockFileError(
      `${shown} has version ${version} of the lock, and this pullpin knows version ${LOCK_VERSION}; use a newer pullpin`,
    );
  const checked = v.safeParse(LOCK_SCHEMA, value, { abortEarly: true });
  if (checked.success) return new Map(Object.entries(checked.output.images));
  const at = (checked.issues[0].path ?? []).map(({ key }) => String(key)).join('.');
  throw new LockFileError(
    `${shown}: ${printable(at, 200) || 'it'} is not what pullpin writes there; restore the file, or remove it and run pullpin lock`,
  );
}

function parseJson(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LockFileError(`${shown} is not JSON; resolve its merge conflict, or restore it`, { cause });
  }
}

/** Whether JSON is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a lock: sorted, and each image on a line of its own, so that a change of one image is a change of one line. */
export function printLock(lock: Lock): string {
  const images = [...lock].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const lines = images.map(([name, image]) => `    ${JSON.stringify(name)}: ${oneLine(image)}`);
  const body = lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
  return `{\n  "generator": ${JSON.stringify(LOCK_GENERATOR)},\n  "version": ${LOCK_VERSION},\n  "images": ${body}\n}\n`;
}

/** JSON with sorted keys, in one line that people can read. */
function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{ ${entries.map(([key, each]) => `${JSON.stringify(key)}: ${oneLine(each)}`).join(', ')} }`;
}

import { isAbsolute, relative, resolve, sep } from 'node:path';
import { isBelow } from '../../files/roots.js';

/** Where a report's paths begin: the top of the repository, as code hosts show files. */
export interface ReportPaths {
  /** The folder against which paths of findings are resolved; absolute. */
  readonly folder: string;
  /** The folder from which the report counts; absolute. */
  readonly top: string;
}

/** The path of a file from the top of the repository, with `/`; as it is when it lies elsewhere or is no file. */
export function pathFromTop(file: string, { folder, top }: ReportPaths): string {
  const path = resolve(folder, file);
  return isBelow(top, path) && (isAbsolute(file) || file !== 'stdin') ? relative(top, path).split(sep).join('/') : file;
}

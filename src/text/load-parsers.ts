import { type DataFormat, dataFormat } from '../nix/language/data-format.js';
import { mayHavePins } from './may-have-pins.js';
import type { ParseData } from './tree/data-file.js';

/** The parsers of formats that few repositories have pins in. A parser that was loaded once stays. */
const LOADED = new Map<DataFormat, ParseData>();

/** Loads the parsers that some files need: none when no YAML or TOML file has anything like a pin. Call it before pins are looked for. */
export async function loadParsers(
  files: readonly { readonly path: string; readonly text: string }[],
  withUnpinned = false,
): Promise<void> {
  const isNeeded = (wanted: DataFormat): boolean =>
    !LOADED.has(wanted) &&
    files.some(({ path, text }) => dataFormat(path) === wanted && mayHavePins(text, wanted, withUnpinned));
  if (isNeeded('yaml')) LOADED.set('yaml', (await import('./yaml/yaml-file.js')).parseYaml);
  if (isNeeded('toml')) LOADED.set('toml', (await import('./toml/toml-file.js')).parseToml);
}

/** The parser of a format, if it is loaded. */
export function loadedParser(format: DataFormat): ParseData | undefined {
  return LOADED.get(format);
}

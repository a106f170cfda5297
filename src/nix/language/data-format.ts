/** The formats of files that hold data and no Nix code. */
export type DataFormat = 'json' | 'toml' | 'yaml';

/** The format of a data file, by the end of its name; undefined for any other file, which is taken for Nix. */
export function dataFormat(path: string): DataFormat | undefined {
  const [, ending] = /\.(json|toml|ya?ml)$/.exec(path) ?? [];
  if (ending === 'json' || ending === 'toml') return ending;
  return ending === undefined ? undefined : 'yaml';
}

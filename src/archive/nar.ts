/** Names the layout of the folder that is hashed here. It must change when the bytes for any image change. */
export const NAR_LAYOUT = 'skopeo-dir-1.1';

/**
 * The pieces of a Nix archive (NAR) of a flat directory of regular files, as `nix-hash` hashes it: begin, then for each file in byte
 * order of the names its header, its data and its footer, then the end (Eelco Dolstra's thesis, figure 5.2).
 */
export const NAR_BEGIN: Uint8Array = strings('nix-archive-1', '(', 'type', 'directory');
export const NAR_END: Uint8Array = strings(')');

/** What stands in front of a file's data. `size` is in bytes. */
export function narFileHeader(name: string, size: number): Uint8Array {
  const open = strings('entry', '(', 'name', name, 'node', '(', 'type', 'regular', 'contents');
  return Buffer.concat([open, length(size)]);
}

/** What follows a file's data. */
export function narFileFooter(size: number): Uint8Array {
  return Buffer.concat([padding(size), strings(')', ')')]);
}

function strings(...texts: string[]): Uint8Array {
  return Buffer.concat(texts.flatMap((text) => [length(text.length), Buffer.from(text), padding(text.length)]));
}

function length(size: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(size));
  return bytes;
}

function padding(size: number): Uint8Array {
  return new Uint8Array((8 - (size % 8)) % 8);
}
